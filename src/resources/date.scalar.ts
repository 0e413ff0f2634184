import { GraphQLScalarType, Kind } from "graphql";
import { calendarDateProblem } from "./calendar-date";

/**
 * GraphQL's `Date`: a string `YYYY-MM-DD` both ways; what is not a day of the calendar is refused when the input is coerced (by
 * a plain error, to which graphql-js adds where it stands).
 */
export const DateScalar = new GraphQLScalarType<string, string>({
  name: "Date",
  description: "A day without time or zone, written YYYY-MM-DD, e.g. 2024-02-29.",
  serialize: (value) => value as string,
  parseValue: readDate,
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw new TypeError("Date must be a string, written YYYY-MM-DD");
    return readDate(node.value);
  },
});

function readDate(value: unknown): string {
  const problem = typeof value === "string" ? calendarDateProblem(value) : "must be a string, written YYYY-MM-DD";
  if (problem !== null) throw new TypeError(`Date ${problem}`);
  return value as string;
}
