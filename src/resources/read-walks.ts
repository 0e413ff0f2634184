import type { DataSource } from "typeorm";
import type { Principal, RequestContext } from "../context";
import type { Bindings } from "./read-bindings";
import { resourceNamed } from "./resource-map";

/** A hierarchy that row scopes follow downwards: each record names the one above it. */
interface Hierarchy {
  readonly resource: string;
  readonly column: string;
}

/** REPORTS are the records below one's own in this. */
export const CHAIN = { resource: "employee", field: "manager", column: "managerId" } as const;
/** Departments of a row scope bring everything below them in this. */
export const TREE = { resource: "department", field: "parent", column: "parentId" } as const;

/** Ids of one walk that are bound as values; more of them stay a walk inside each statement. */
export const MOST_KNOWN = 500;
/** Values of one statement before a further list of ids is left to the walk, so that many joins stay far from SQLite's 32,766. */
const MOST_BOUND = 2_000;

/** A common table expression with one column, `member`: the ids that a walk finds. */
export interface Walk {
  readonly name: string;
  readonly body: string;
}

/** What walks have found before a statement is written; one that is missing, or null for too many ids, the statement makes itself. */
export interface KnownWalks {
  readonly reports?: readonly string[] | null;
  /** By `departmentsKey`. */
  readonly departments?: ReadonlyMap<string, readonly string[] | null>;
}

type Found = Promise<readonly string[] | null>;

const known = new WeakMap<RequestContext, Map<string, Found>>();

/** The employee record that SELF and REPORTS start from. */
export function ownEmployeeId(principal: Principal): string | null {
  return principal.kind === "USER" || principal.kind === "API_KEY" ? principal.user.employeeId : null;
}

/** One spelling per set of departments. */
export function departmentsKey(ids: readonly string[]): string {
  return JSON.stringify(ids);
}

/**
 * The ids below the principal's own record, by one statement for all of a request; null when there are more than 500. Outside of
 * transactions only: what a change may touch is judged inside of it, by the walk.
 */
export function idsBelow(ctx: RequestContext, employeeId: string): Found {
  return once(ctx, "reports", () => readWalk(ctx, [employeeId], walkBelow));
}

/** These departments, as far as they exist, and all below them; read as `idsBelow` is, and null for as many. */
export function idsWithin(ctx: RequestContext, departmentIds: readonly string[]): Found {
  return once(ctx, departmentsKey(departmentIds), () => readWalk(ctx, departmentIds, walkWithin));
}

/** To be called after every change of records: a later field of the same operation must see who is below whom by then. */
export function forgetWalks(ctx: RequestContext): void {
  known.delete(ctx);
}

function once(ctx: RequestContext, key: string, read: () => Found): Found {
  const ofContext = known.get(ctx) ?? new Map<string, Found>();
  known.set(ctx, ofContext);
  const found = ofContext.get(key) ?? read();
  ofContext.set(key, found);
  return found;
}

type WriteWalk = (reader: DataSource, name: string, starts: string) => string;

async function readWalk({ store }: RequestContext, starts: readonly string[], write: WriteWalk): Found {
  const body = write(store.reader, "walk", starts.map(() => "?").join(", "));
  const sql = `WITH RECURSIVE walk(member) AS (${body}) SELECT member FROM walk LIMIT ?`;
  const rows = await store.select<{ member: string }>(sql, [...starts, MOST_KNOWN + 1]);
  return rows.length > MOST_KNOWN ? null : rows.map(({ member }) => member);
}

/** The walks of one statement: ids bound as values where they are known, else one walk each, however often it is asked for. */
export class Walks {
  private readonly written = new Map<string, Walk>();

  constructor(
    private readonly reader: DataSource,
    readonly employeeId: string | null,
    private readonly known: KnownWalks,
    private readonly bindings: Bindings,
  ) {}

  /** What stands in `IN (…)` for everybody below the principal's own record; null when nobody is. */
  reports(): string | null {
    const { employeeId } = this;
    if (employeeId === null) return null;
    return this.members("reports", "below", this.known.reports, [employeeId], walkBelow);
  }

  /** What stands in `IN (…)` for these departments and all below them; null when there are none. */
  departments(ids: readonly string[]): string | null {
    if (ids.length === 0) return null;
    const key = departmentsKey(ids);
    const name = this.written.get(key)?.name ?? `within${this.written.size}`;
    return this.members(key, name, this.known.departments?.get(key), ids, walkWithin);
  }

  /** The common table expressions that the statement needs, as far as it is written. */
  get tables(): readonly Walk[] {
    return [...this.written.values()];
  }

  private members(
    key: string,
    name: string,
    ids: readonly string[] | null | undefined,
    starts: readonly string[],
    write: WriteWalk,
  ): string | null {
    if (ids?.length === 0) return null;
    if (ids != null && this.bindings.values.length + ids.length <= MOST_BOUND) return this.bindings.bindList(ids);
    if (!this.written.has(key)) {
      this.written.set(key, { name, body: write(this.reader, name, this.bindings.bindList(starts)) });
    }
    return `SELECT member FROM ${name}`;
  }
}

/** UNION drops what it has seen, so the walk ends even where the data have a circle. */
function walkBelow(reader: DataSource, name: string, starts: string): string {
  const { table, id, above } = namesOf(reader, CHAIN);
  return `SELECT f.${id} FROM ${table} f WHERE f.${above} IN (${starts}) UNION ${step(reader, CHAIN, name)}`;
}

/** Begins with the departments themselves. */
function walkWithin(reader: DataSource, name: string, starts: string): string {
  const { table, id } = namesOf(reader, TREE);
  return `SELECT f.${id} FROM ${table} f WHERE f.${id} IN (${starts}) UNION ${step(reader, TREE, name)}`;
}

function step(reader: DataSource, hierarchy: Hierarchy, name: string): string {
  const { table, id, above } = namesOf(reader, hierarchy);
  return `SELECT n.${id} FROM ${table} n INNER JOIN ${name} ON n.${above} = ${name}.member`;
}

function namesOf(reader: DataSource, { resource, column }: Hierarchy) {
  const quote = (name: string): string => reader.driver.escape(name);
  const table = quote(reader.getMetadata(resourceNamed(resource).entity).tableName);
  return { table, id: quote("id"), above: quote(column) };
}
