import type { DataSource } from "typeorm";
import type { Principal, RequestContext } from "../context";
import type { Bindings } from "./read-bindings";
import { resourceNamed } from "./resource-map";

/** Where the chain of managers is: REPORTS are the records below one's own by this column. */
const CHAIN = { resource: "employee", column: "managerId" } as const;

/** Ids below somebody that are bound as values; more of them stay a walk inside each statement. */
export const MOST_KNOWN = 500;
/** Values of one statement before a further list of ids is left to the walk, so that many joins stay far from SQLite's 32,766. */
const MOST_BOUND = 2_000;
const WALK = "below";

const known = new WeakMap<RequestContext, Promise<readonly string[] | null>>();

/** The employee record that SELF and REPORTS start from. */
export function ownEmployeeId(principal: Principal): string | null {
  return principal.kind === "USER" || principal.kind === "API_KEY" ? principal.user.employeeId : null;
}

/**
 * The ids below the principal's own record, by one statement for all of a request; null when there are more than 500. Outside of
 * transactions only: what a change may touch is judged inside of it, by the walk.
 */
export function idsBelow(ctx: RequestContext, employeeId: string): Promise<readonly string[] | null> {
  const found = known.get(ctx) ?? readBelow(ctx, employeeId);
  known.set(ctx, found);
  return found;
}

async function readBelow({ store }: RequestContext, employeeId: string): Promise<readonly string[] | null> {
  const sql = `WITH RECURSIVE ${WALK}(member) AS (${walkFrom(store.reader, "?")}) SELECT member FROM ${WALK} LIMIT ?`;
  const rows = await store.select<{ member: string }>(sql, [employeeId, MOST_KNOWN + 1]);
  return rows.length > MOST_KNOWN ? null : rows.map(({ member }) => member);
}

/** The records below the principal's own in one statement: as values where they are known, else by one walk, however often asked. */
export class Below {
  private body = "";

  constructor(
    private readonly reader: DataSource,
    readonly employeeId: string | null,
    private readonly ids: readonly string[] | null,
    private readonly bindings: Bindings,
  ) {}

  /** What stands in `IN (…)`; null when nobody is below. */
  members(): string | null {
    if (this.employeeId === null || this.ids?.length === 0) return null;
    if (this.ids !== null && this.bindings.values.length + this.ids.length <= MOST_BOUND) {
      return this.bindings.bindList(this.ids);
    }
    if (this.body === "") this.body = walkFrom(this.reader, this.bindings.bind(this.employeeId));
    return `SELECT member FROM ${WALK}`;
  }

  /** The common table expression that the statement needs, as far as it is written; "" for none. */
  get walk(): string {
    return this.body;
  }
}

/** Lets the query builder put the walk before its statement. */
export const WALK_TABLE = { name: WALK, columnNames: ["member"] } as const;

/** UNION drops what it has seen, so the walk ends even where the data have a cycle. */
function walkFrom(reader: DataSource, employeeId: string): string {
  const quote = (name: string): string => reader.driver.escape(name);
  const table = quote(reader.getMetadata(resourceNamed(CHAIN.resource).entity).tableName);
  const [id, manager] = ["id", CHAIN.column].map(quote);
  return (
    `SELECT f.${id} FROM ${table} f WHERE f.${manager} = ${employeeId} ` +
    `UNION SELECT n.${id} FROM ${table} n INNER JOIN ${WALK} ON n.${manager} = ${WALK}.member`
  );
}
