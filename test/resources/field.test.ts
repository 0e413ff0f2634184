import { calendarDateProblem } from "../../src/resources/calendar-date";
import { date } from "../../src/resources/field-date";
import { integer, money } from "../../src/resources/field-number";
import { email, text } from "../../src/resources/field-text";
import { toOne } from "../../src/resources/field-to-one";

const description = "";
const name = text({ description, maxLength: 5 });
const note = text({ description, maxLength: 50, multiLine: true });

describe("a field", () => {
  it.each([
    [name, "Ada", { value: "Ada" }],
    [name, "", { value: null }],
    [name, "😀😀😀😀😀", { value: "😀😀😀😀😀" }],
    [name, "😀😀😀😀😀😀", { problem: "must have at most 5 characters" }],
    [name, "a\tb", { problem: "must not contain control characters" }],
    [name, "a\u0085b", { problem: "must not contain control characters" }],
    [note, "a\tb\r\nc", { value: "a\tb\r\nc" }],
    [note, "a\u001b[1m", { problem: "must not contain control characters" }],
    [note, "a\0", { problem: "must not contain NUL" }],
    [email({ description }), "a+b@c", { value: "a+b@c" }],
    [email({ description }), "a@b@c", { problem: "must be an email address" }],
    [date({ description }), "2024-02-29", { value: "2024-02-29" }],
    [date({ description }), "9999-01-01", { value: "9999-01-01" }],
    [date({ description }), "29/02/2024", { problem: "must be a date from 1000-01-01, written YYYY-MM-DD" }],
    [money({ description }), "88958", { value: 88_958 }],
    [money({ description }), "0.10", { value: 0.1 }],
    [money({ description }), "999999999999.99", { value: 999_999_999_999.99 }],
    [money({ description }), "1e3", { problem: "must be a number" }],
    [money({ description }), "-1", { problem: "must not be negative" }],
    [money({ description }), "0.105", { problem: "must have at most two decimals" }],
    [integer({ description }), "12", { value: 12 }],
    [integer({ description }), "1.5", { problem: "must be a whole number" }],
    [integer({ description }), "2147483648", { problem: "must be from 0 to 2147483647" }],
    [toOne("employee", { description }), "7", { problem: "is not the id of any employee" }],
  ])("%# reads %j as %j", (field, given, expected) => {
    expect(field.parseText(given)).toEqual(expected);
  });

  it("refuses values of another type", () => {
    for (const field of [name, date({ description })]) expect(field.check(1)).not.toBeNull();
    for (const field of [money({ description }), integer({ description })]) {
      expect(field.check("1")).not.toBeNull();
      expect(field.check(Number.NaN)).not.toBeNull();
    }
  });
});

describe("calendarDateProblem", () => {
  it.each(["2024-02-29", "2000-02-29", "1000-01-01", "9999-12-31"])("finds nothing wrong with %s", (day) => {
    expect(calendarDateProblem(day)).toBeNull();
  });

  it.each([
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-04-31",
    "2024-01-00",
    "0999-12-31",
    "2024-1-1",
    "",
  ])("refuses %s", (day) => {
    expect(calendarDateProblem(day)).not.toBeNull();
  });

  it("does as its example says", () => {
    expect(calendarDateProblem("2024-02-29")).toBeNull();
    expect(calendarDateProblem("2023-02-29")).toBe("must be a real date: 2023-02 has 28 days");
  });
});
