import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Grant } from "../../src/access/grant";
import { DEPARTMENT_FIELDS, EMPLOYEE_FIELDS } from "../workloads/workload";
import { after, type Eventually, openPlainReads, readable } from "./plain-reads";

/**
 * The least that could answer the workloads at all: node:http, the driver itself with prepared statements, key and grants read anew for
 * every request, JSON.stringify. No GraphQL, no framework, no freshness between processes, three queries only.
 */
const reads = openPlainReads(process.env);

function mayRead(grants: readonly Grant[] | null): boolean {
  if (grants === null) return false;
  return (
    EMPLOYEE_FIELDS.every((field) => readable(grants, "employee", field)) &&
    DEPARTMENT_FIELDS.every((field) => readable(grants, "department", field))
  );
}

interface Parameters {
  readonly first: number;
  readonly after: string | null;
  readonly id: string;
}

/** The answers by path. */
const ANSWERS: Readonly<Record<string, (parameters: Parameters) => Eventually<object>>> = {
  "/W1": ({ first, after: afterId }) => after(reads.page(first, afterId), (nodes) => ({ employees: { nodes } })),
  "/W2": ({ id }) =>
    after(reads.employee(id), (row) => ({
      employee: row === null ? null : { firstName: row.firstName, lastName: row.lastName },
    })),
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
    void after(reads.grantsOf(request.headers.authorization), (grants) => {
      if (!mayRead(grants)) return response.writeHead(403).end();
      return after(answer(JSON.parse(text)), (data) => {
        const body = JSON.stringify({ data });
        const length = Buffer.byteLength(body);
        return response
          .writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": length })
          .end(body);
      });
    });
  }),
);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
