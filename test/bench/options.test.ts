import { containing, count, flag, parseOptions, someOf } from "../../bench/options";

const NAMED = [{ name: "W1" }, { name: "W2" }, { name: "W3" }];
const OPTIONS = { rounds: count(4), employees: count(10_000, 150), workloads: someOf(NAMED), mariadb: flag() };

describe("the options of a bench", () => {
  it("are what the command says where they are not given", () => {
    expect(parseOptions([], OPTIONS)).toEqual({ rounds: 4, employees: 10_000, workloads: NAMED, mariadb: false });
  });

  it("are read as numbers, names and flags", () => {
    const given = ["--rounds", "6", "--employees=150", "--workloads", "w3, W1", "--mariadb"];
    expect(parseOptions(given, OPTIONS)).toEqual({
      rounds: 6,
      employees: 150,
      workloads: [{ name: "W3" }, { name: "W1" }],
      mariadb: true,
    });
  });

  it.each(["x", "0", "-1", "1.5", "1e3", ""])("take %j for no number of rounds", (text) => {
    expect(() => parseOptions([`--rounds=${text}`], OPTIONS)).toThrow(
      `--rounds: "${text}" is not a whole number of at least 1`,
    );
  });

  it("name the one that is wrong and what there is", () => {
    expect(() => parseOptions(["--employees", "149"], OPTIONS)).toThrow("--employees: ");
    expect(() => parseOptions(["--workloads", "W1,W9"], OPTIONS)).toThrow(
      '--workloads: there is no "W9", but W1, W2, W3',
    );
    expect(() => parseOptions(["--round", "1"], OPTIONS)).toThrow("--round");
    expect(() => parseOptions(["W1"], OPTIONS)).toThrow("W1");
  });

  it("are refused beside a flag that they mean nothing with, whatever their value", () => {
    const alone = { mariadb: ["employees"] } as const;
    const parse = (...given: string[]) => parseOptions(given, OPTIONS, alone);
    expect(() => parse("--mariadb", "--employees", "10000")).toThrow("--employees: means nothing with --mariadb");
    expect(parse("--employees", "200").employees).toBe(200);
    expect(parse("--mariadb", "--rounds", "2")).toMatchObject({ mariadb: true, rounds: 2 });
  });

  it("choose by a part of the name, which must be somebody's", () => {
    const only = { only: containing([{ name: "10 lists" }, { name: "10 counts" }, { name: "a search" }]) };
    expect(parseOptions(["--only", "10"], only).only).toEqual([{ name: "10 lists" }, { name: "10 counts" }]);
    expect(() => parseOptions(["--only", "nothing"], only)).toThrow(
      '--only: none has "nothing" in its name: "10 lists"',
    );
  });
});
