import { generateCompany } from "../../../src/cli/demo/generate-company";
import { generateHistory } from "../../../src/cli/demo/generate-history";

describe("the history of a made-up company", () => {
  const company = generateCompany({ seed: "s", employees: 600 });
  const { compensations, timeOffs } = generateHistory("s", company);
  const people = new Map(company.employees.map((employee) => [employee.id, employee]));
  const ofEach = <Row extends { employeeId: string }>(rows: readonly Row[]) =>
    [...people.values()].map((person) => ({ person, rows: rows.filter(({ employeeId }) => employeeId === person.id) }));

  it("is the same for the same seed, and of another for another", () => {
    expect(generateHistory("s", company)).toEqual({ compensations, timeOffs });
    expect(generateHistory("t", company)).not.toEqual({ compensations, timeOffs });
  });

  it("pays everybody from their first day to their last, without a gap, and last what their salary is", () => {
    for (const { person, rows } of ofEach(compensations)) {
      expect(rows[0]?.effectiveFrom).toBe(person.hireDate);
      expect(rows.at(-1)).toMatchObject({ amount: person.salary, effectiveTo: person.terminationDate });
      if (rows.length === 2)
        expect([rows[0]?.effectiveTo, rows[1]?.effectiveFrom]).toEqual(["2024-12-31", "2025-01-01"]);
      for (const { effectiveFrom, effectiveTo } of rows)
        expect(effectiveTo === null || effectiveTo >= effectiveFrom).toBe(true);
    }
  });

  it("has absences in every state, of people who are there, that never overlap", () => {
    expect(new Set(timeOffs.map(({ status }) => status)).size).toBe(4);
    for (const { person, rows } of ofEach(timeOffs)) {
      if (person.terminationDate !== null) expect(rows).toEqual([]);
      for (const { startDate, endDate } of rows)
        expect(person.hireDate <= startDate && startDate <= endDate).toBe(true);
      if (rows.length > 1) expect((rows[0]?.endDate ?? "") < (rows[1]?.startDate ?? "")).toBe(true);
    }
  });

  it("shares no id", () => {
    const ids = [...compensations, ...timeOffs].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
