import { serverAudits } from "graphql-http";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

/**
 * What the audit advises and Latchkey does otherwise, on purpose. None is an error ("MUST") in the audit's own words.
 */
const OTHERWISE: Readonly<Record<string, string>> = {
  // CSRF prevention: a GET that a foreign page could send is refused before it is read.
  "MAY accept application/x-www-form-urlencoded formatted GET requests": "notice",
  "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json":
    "notice",
  "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json": "notice",
  // A request that was not executed is 400 whatever the client accepts, as Apollo Server has it: a script that looks at the status
  // alone must not take it for an answer.
  "SHOULD use 200 status code on document parsing failure when accepting application/json": "warn",
  "SHOULD use 200 status code on document validation failure when accepting application/json": "warn",
  "SHOULD use a status code of 200 on variable coercion failure when accepting application/json": "warn",
};

let latchkey: TestLatchkey;
beforeAll(async () => {
  latchkey = await startLatchkey();
});
afterAll(() => latchkey?.stop());

describe("GraphQL over HTTP, by the audit of graphql-http", () => {
  const audits = serverAudits({ url: () => `${latchkey.url}/graphql` });

  it.each(audits.map((audit) => [audit.name, audit] as const))("%s", async (name, audit) => {
    const { status } = await audit.fn();
    expect(status).toBe(OTHERWISE[name] ?? "ok");
  });

  it("has no other rule for the ones that are answered otherwise", () => {
    expect(audits.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)));
  });
});
