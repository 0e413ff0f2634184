import { createHash } from "node:crypto";
import { dayOf } from "../../../src/cli/demo/calendar";
import type { CompanyEmployee } from "../../../src/cli/demo/company";
import { generateCompany } from "../../../src/cli/demo/generate-company";

const DEMO = { seed: "latchkey", employees: 2000 };

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

describe("a generated company", () => {
  const { departments, employees } = generateCompany(DEMO);
  const byId = new Map(employees.map((employee) => [employee.id, employee]));
  const active = employees.filter(({ terminationDate }) => terminationDate === null);

  it("is the same byte for byte for the same seed, on any day and machine", () => {
    expect(sha256(generateCompany(DEMO))).toBe("a26395cfaf7afc551c1c927c96ea6c9b8209ecb039b0c90c3075a27672ff6d3b");
    expect(sha256(generateCompany({ ...DEMO, seed: "another" }))).not.toBe(
      "a26395cfaf7afc551c1c927c96ea6c9b8209ecb039b0c90c3075a27672ff6d3b",
    );
  });

  it("has as many people as asked for, in twelve departments with a manager each", () => {
    expect(employees).toHaveLength(2000);
    expect(departments).toHaveLength(12);
    for (const { id, managerId } of departments) expect(byId.get(managerId)?.departmentId).toBe(id);
    for (const count of [150, 151, 999]) {
      expect(generateCompany({ seed: "s", employees: count }).employees).toHaveLength(count);
    }
  });

  it("shares no id, number, email or telephone number between two people, also where it is large", () => {
    for (const people of [employees, generateCompany({ seed: "bench", employees: 10_000 }).employees]) {
      for (const property of ["id", "employeeNumber", "email", "phone"] as const) {
        expect(new Set(people.map((person) => person[property])).size).toBe(people.length);
      }
    }
  });

  it("has UUIDs and plain addresses, in the order in which people were hired", () => {
    const ids = employees.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const { email } of employees) expect(email).toMatch(/^[a-z]+\.[a-z]+\d*@demo\.example$/);
    const hired = employees.map(({ hireDate }) => hireDate);
    expect(hired).toEqual([...hired].sort());
  });

  it("has three levels of leaders above its staff, all still there", () => {
    const chain = (person: CompanyEmployee): number => {
      const manager = person.managerId === null ? undefined : byId.get(person.managerId);
      return manager === undefined ? 0 : 1 + chain(manager);
    };
    const heights = employees.map(chain);
    expect(heights.filter((height) => height === 0)).toHaveLength(1);
    expect(Math.max(...heights)).toBe(3);
    const leaders = new Set(employees.map(({ managerId }) => managerId));
    for (const person of employees) if (leaders.has(person.id)) expect(person.terminationDate).toBeNull();
  });

  it("has dates that can be true", () => {
    for (const { birthDate, hireDate, terminationDate } of employees) {
      const ageWhenHired = (dayOf(hireDate) - dayOf(birthDate)) / 365.25;
      expect(ageWhenHired).toBeGreaterThan(18);
      expect(ageWhenHired).toBeLessThan(60);
      expect(hireDate <= "2026-06-30").toBe(true);
      if (terminationDate !== null) expect(hireDate < terminationDate && terminationDate <= "2026-06-30").toBe(true);
    }
    expect(active.length).toBeGreaterThan(1600);
    expect(active.length).toBeLessThan(1950);
  });

  it("pays by level and by place", () => {
    const meanPay = (people: readonly CompanyEmployee[]): number =>
      people.reduce((sum, { salary }) => sum + salary, 0) / people.length;
    const titled = (prefix: string) => employees.filter(({ jobTitle }) => jobTitle.startsWith(prefix));
    const at = (city: string) => employees.filter(({ location }) => location === city);
    expect(meanPay(titled("Principal "))).toBeGreaterThan(meanPay(titled("Senior ")));
    expect(meanPay(titled("Senior "))).toBeGreaterThan(meanPay(titled("Associate ")));
    expect(meanPay(at("New York"))).toBeGreaterThan(meanPay(at("Amsterdam")));
    expect(meanPay(at("Amsterdam"))).toBeGreaterThan(meanPay(at("Bengaluru")));
    expect(new Set(employees.map(({ location }) => location)).size).toBe(10);
  });

  it("refuses a size that would leave departments empty", () => {
    expect(() => generateCompany({ seed: "s", employees: 149 })).toThrow(RangeError);
    expect(() => generateCompany({ seed: "s", employees: 200.5 })).toThrow(RangeError);
  });
});
