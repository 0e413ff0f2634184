import { fieldNamed } from "../../resources/resource";
import type { Scratch } from "./scratch";
import { addProblems, keyIn, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/**
 * Refuses rows that would take a record to a state which no step of its resource leads to from where it is: a request that was
 * rejected is not approved by a file. A new record may begin in any state, since a file can be the history of another system.
 */
export function refuseImpossibleSteps(scratch: Scratch, staged: readonly Staged[]): void {
  for (const { target, columns, file } of staged) {
    if (file === null) continue;
    const { steps } = target.resource;
    for (const name of new Set(steps.map(({ field }) => field))) {
      const field = fieldNamed(target.resource, name);
      const column = columns.find((other) => other.field === field);
      if (!column) continue;
      const ways = steps
        .filter((step) => step.field === name)
        .flatMap(({ from, to }) => from.map((state) => `${state}>${to}`));
      const [value, key] = [valueIn(column.field), keyIn(target)];
      addProblems(
        scratch,
        target,
        column,
        Verdict.BAD_BY_OTHERS,
        `SELECT s.line, s.${value} AS value, 'is ' || e.${value} || ' in the database, from where no step leads to this' AS reason
         FROM ${tableOf("staged", target)} s JOIN ${tableOf("existing", target)} e ON e.${key} = s.${key}
         WHERE s.${value} <> e.${value} AND e.${value} || '>' || s.${value} NOT IN (${ways.map(() => "?").join(", ")})`,
        ways,
      );
    }
  }
}
