import { DEMO_SETS } from "../../../src/cli/demo/demo-plan";
import { type Tour, writeTour } from "../../../src/cli/demo/tour";

const TOUR: Tour = {
  url: "http://127.0.0.1:4000",
  database: "data/demo/latchkey.db",
  credentials: "data/demo/credentials.json",
  isNew: true,
  ownerPassword: "a password",
  sessionToken: "lk_sess_token",
  keys: DEMO_SETS.map((set, at) => ({ set, id: `id${at}`, token: `lk_live_${at}`, replaced: null })),
};

function commandsIn(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("curl "));
}

/** What a POSIX shell makes of a command without expansions: words, unquoted. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

describe("what the demo prints", () => {
  it("has three commands, each on one line, that send well-formed JSON with the right token", () => {
    const commands = commandsIn(writeTour(TOUR, { isTerminal: false })).map(words);
    expect(commands.map((command) => JSON.parse(command.at(-1)!).query)).toEqual([
      "{ employees(first: 3) { nodes { firstName lastName jobTitle department { name } } } }",
      "{ employees(first: 3) { nodes { firstName lastName salary } } }",
      'mutation { revokeApiKey(id: "id0") { name status } }',
    ]);
    for (const [at, token] of ["lk_live_0", "lk_live_0", "lk_sess_token"].entries()) {
      expect(commands[at]).toContain(`authorization: Bearer ${token}`);
      expect(commands[at]).toContain("http://127.0.0.1:4000/graphql");
    }
  });

  it("has no escape sequences for a pipe, and the same words for a terminal", () => {
    const plain = writeTour(TOUR, { isTerminal: false });
    expect(plain).not.toContain("\u001b");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(writeTour(TOUR, { isTerminal: true }).replace(/\u001b\[\d+m/g, "")).toBe(plain);
  });

  it("fits 100 columns but for the commands", () => {
    for (const line of writeTour(TOUR, { isTerminal: false }).split("\n")) {
      if (!line.startsWith("curl ")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it("says which key is a fresh one and why", () => {
    const keys = TOUR.keys.map((key, at) => (at === 0 ? { ...key, replaced: "This API key is revoked." } : key));
    const text = writeTour({ ...TOUR, isNew: false, keys }, { isTerminal: false });
    expect(text).toContain(
      'The Directory key is a fresh one; the last run\'s no longer works: "This API key is revoked."',
    );
    expect(text).not.toContain("The Payroll key is a fresh one");
  });
});
