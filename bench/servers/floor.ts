import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createPepper } from "../../src/kernel/pepper";
import { DEPARTMENT_FIELDS, EMPLOYEE_FIELDS } from "../workloads/workload";

/**
 * The least that could answer the workloads at all: node:http, the driver itself with prepared statements, key and grants read anew for
 * every request, JSON.stringify. No GraphQL, no framework, no freshness between processes, three queries only.
 */
interface Statement {
  raw(): Statement;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
}
interface Database {
  prepare(sql: string): Statement;
  pragma(text: string): unknown;
}

const Libsql = require("libsql") as new (file: string) => Database;
const database = new Libsql((process.env.DATABASE_URL as string).replace(/^sqlite:/, ""));
database.pragma("query_only = ON");
const pepper = createPepper(process.env.LATCHKEY_SECRET as string);

const findKey = database.prepare(
  `SELECT k.id, k.isEnabled, k.revokedAt, k.expiresAt, k.grants, s.state, u.status
   FROM api_key_secret s JOIN api_key k ON k.id = s.apiKeyId JOIN "user" u ON u.id = k.ownerId WHERE s.digest = ?`,
);
const findGrants = database
  .prepare("SELECT a.grants FROM api_key_api_set b JOIN api_set a ON a.id = b.apiSetId WHERE b.apiKeyId = ?")
  .raw();
const pageSql = (where: string): string =>
  `SELECT e.id, e.firstName, e.lastName, e.email, e.jobTitle, d.id, d.name
   FROM employee e LEFT JOIN department d ON d.id = e.departmentId ${where} ORDER BY e.id LIMIT ?`;
const firstPage = database.prepare(pageSql("")).raw();
const laterPage = database.prepare(pageSql("WHERE e.id > ?")).raw();
const oneEmployee = database.prepare("SELECT firstName, lastName FROM employee WHERE id = ?");

interface KeyRow {
  readonly id: string;
  readonly isEnabled: number;
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
  readonly grants: string;
  readonly state: string;
  readonly status: string;
}
type Grants = readonly { resource: string; actions: readonly string[]; fields: readonly string[] | null }[];

function mayRead(authorization: string | undefined): boolean {
  const key = findKey.get(pepper.digest(authorization?.slice("Bearer ".length) ?? "")) as KeyRow | undefined;
  if (!key?.isEnabled || key.revokedAt !== null || key.state !== "ACTIVE" || key.status !== "ACTIVE") return false;
  if (key.expiresAt !== null && Date.parse(`${key.expiresAt.replace(" ", "T")}Z`) <= Date.now()) return false;
  const grants = [key.grants, ...(findGrants.all(key.id) as [string][]).map(([text]) => text)].flatMap(
    (text) => JSON.parse(text) as Grants,
  );
  const readable = (resource: string, field: string): boolean =>
    grants.some(
      (grant) =>
        grant.resource === resource &&
        grant.actions.includes("READ") &&
        (grant.fields === null || grant.fields.includes(field)),
    );
  return (
    EMPLOYEE_FIELDS.every((field) => readable("employee", field)) &&
    DEPARTMENT_FIELDS.every((field) => readable("department", field))
  );
}

interface Parameters {
  readonly first: number;
  readonly after: string | null;
  readonly id: string;
}

/** The answers by path. */
const ANSWERS: Readonly<Record<string, (parameters: Parameters) => object>> = {
  "/W1": ({ first, after }) => {
    const rows = (after === null ? firstPage.all(first) : laterPage.all(after, first)) as string[][];
    const nodes = rows.map(([id, firstName, lastName, email, jobTitle, departmentId, name]) => ({
      id,
      firstName,
      lastName,
      email,
      jobTitle,
      department: departmentId === null ? null : { id: departmentId, name },
    }));
    return { employees: { nodes } };
  },
  "/W2": ({ id }) => {
    const row = oneEmployee.get(id) as { firstName: string; lastName: string } | undefined;
    return { employee: row === undefined ? null : { firstName: row.firstName, lastName: row.lastName } };
  },
  "/W3": () => ({ viewer: { kind: "API_KEY" } }),
};

function readBody(request: IncomingMessage, done: (text: string) => void): void {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    text += chunk;
  });
  request.on("end", () => done(text));
}

const server = createServer((request, response) =>
  readBody(request, (text) => {
    const answer = ANSWERS[request.url as string];
    if (answer === undefined) return response.writeHead(404).end();
    if (!mayRead(request.headers.authorization)) return response.writeHead(403).end();
    const body = JSON.stringify({ data: answer(JSON.parse(text)) });
    response
      .writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) })
      .end(body);
  }),
);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
