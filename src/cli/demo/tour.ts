import { styleText } from "node:util";
import { DEMO_COMPANY, OWNER_EMAIL } from "./demo-plan";
import type { DemoKey } from "./ensure-keys";

/** Everything that the demo tells whoever started it. */
export interface Tour {
  /** Base URL as a browser on this machine reaches it. */
  readonly url: string;
  /** Where the records are, e.g. a file or a server. */
  readonly database: string;
  /** Where what is printed here is kept. */
  readonly credentials: string;
  readonly isNew: boolean;
  readonly ownerPassword: string;
  /** The owner's session, for the command that revokes. */
  readonly sessionToken: string;
  readonly keys: readonly DemoKey[];
}

/** Whether to write with emphasis: for a terminal, not for a pipe. */
export interface TourOptions {
  readonly isTerminal: boolean;
}

/**
 * The text that the demo prints once it listens: addresses, sign-in, keys, and three commands to paste, each on one line that
 * begins with `curl` and stands for itself.
 */
export function writeTour(tour: Tour, { isTerminal }: TourOptions): string {
  const { url, keys } = tour;
  const strong = (text: string): string => (isTerminal ? styleText("bold", text) : text);
  const faint = (text: string): string => (isTerminal ? styleText("dim", text) : text);
  const [first] = keys;
  if (first === undefined) throw new Error("the demo has no key to show");
  const people = DEMO_COMPANY.employees.toLocaleString("en");
  const answers = ask(
    url,
    first.token,
    "{ employees(first: 3) { nodes { firstName lastName jobTitle department { name } } } }",
  );
  const refused = ask(url, first.token, "{ employees(first: 3) { nodes { firstName lastName salary } } }");
  const revokes = ask(url, tour.sessionToken, `mutation { revokeApiKey(id: \\"${first.id}\\") { name status } }`);

  return lines(
    "",
    `${strong("Latchkey")} is running, with a made-up company of ${people} people.`,
    faint(tour.isNew ? `New database: ${tour.database}` : `Database of the last run: ${tour.database}`),
    "",
    ...pairs([
      ["Console", `${strong(`${url}/`)}  sign in as the owner`],
      ["Sandbox", `${strong(`${url}/graphql`)}  in a browser`],
      ["GraphQL", `POST ${strong(`${url}/graphql`)}`],
      ["Owner", `${strong(OWNER_EMAIL)}  password ${strong(tour.ownerPassword)}`],
    ]),
    "",
    "One API key for each API set:",
    ...pairs(keys.map(({ set, token }) => [set.name, token])),
    ...keys.flatMap(({ set, replaced }) =>
      replaced === null ? [] : [`  The ${set.name} key is a fresh one; the last run's no longer works: "${replaced}"`],
    ),
    faint(`All of this is kept in ${tour.credentials}, for your eyes only.`),
    "",
    strong("1. The Directory key reads names, titles and departments. This answers:"),
    "",
    answers,
    "",
    strong("2. It was never granted pay. This is refused, and the error names Employee.salary:"),
    "",
    refused,
    "",
    strong("3. The owner revokes the key:"),
    "",
    revokes,
    "",
    "Now paste the first command again: it is refused, from the very next request on.",
    "The next `npm run demo` makes a fresh key for the Directory. Ctrl-C stops this one.",
    "",
  );
}

/** One command to paste into a POSIX shell; `query` holds no apostrophe, and its quotation marks are escaped for JSON. */
function ask(url: string, token: string, query: string): string {
  return `curl -sw '\\n' ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${token}' -d '{"query":"${query}"}'`;
}

function pairs(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

function lines(...text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
