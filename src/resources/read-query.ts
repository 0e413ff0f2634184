import { Action } from "../access/grant";
import type { RowRule } from "../access/scope";
import type { RequestContext } from "../context";
import { Bindings } from "./read-bindings";
import { writeRule } from "./read-rows";
import type { Selection } from "./read-selection";
import { ROOT } from "./read-statement";
import { departmentsKey, idsBelow, idsWithin, type KnownWalks, ownEmployeeId, type Walk, Walks } from "./read-walks";
import type { Resource } from "./resource";

/** Runs one SELECT: on the store for reads, in a transaction for what a mutation returns. */
export type RunSelect = <Row extends object>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** Conditions of one statement in the making. Every record it touches, at the root or by a join, obeys the rows of its resource. */
export class Query {
  readonly bindings = new Bindings();
  private readonly conditions: string[] = [];
  private readonly written: Walks;

  /** `known` is what `walksFor` read; without it, as inside a transaction, the statement walks by itself. */
  constructor(
    private readonly ctx: RequestContext,
    private readonly resource: Resource,
    known: KnownWalks = {},
  ) {
    this.written = new Walks(ctx.store.reader, ownEmployeeId(ctx.principal), known, this.bindings);
  }

  /** Adds a condition; "" adds nothing. */
  and(condition: string): this {
    if (condition !== "") this.conditions.push(condition);
    return this;
  }

  /** Only records that the operation may touch with `action`. */
  andReachable(action: Action): this {
    return this.andWithin(this.ctx.rowRule(this.resource.name, action));
  }

  /** Only records that `rule` reaches. */
  andWithin(rule: RowRule): this {
    return this.and(this.rule(this.resource, rule, ROOT));
  }

  /** The common table expressions that the conditions refer to; read them after they are all written. */
  get walks(): readonly Walk[] {
    return this.written.tables;
  }

  get where(): string {
    return this.conditions.join(" AND ");
  }

  /** The rule of each join's resource, by alias number: what is beyond one's rows is as if it were not there. */
  joinConditions(selection: Selection): string[] {
    const conditions: string[] = [];
    const walk = (parent: Selection): void => {
      for (const { target, selection: inner } of parent.relations) {
        conditions.push(this.rule(target, this.ctx.rowRule(target.name, Action.READ), `j${conditions.length}`));
        walk(inner);
      }
    };
    walk(selection);
    return conditions;
  }

  private rule(resource: Resource, rule: RowRule, alias: string): string {
    if (rule.length === 0) return "";
    return writeRule(this.ctx.store.reader, resource, rule, alias, this.written, this.bindings);
  }
}

const NO_WALKS: KnownWalks = { reports: null, departments: new Map() };

/** What the rules of a read of `selection` walk down to: whom the principal leads, and what lies below departments. */
export async function walksFor(ctx: RequestContext, resource: Resource, selection: Selection): Promise<KnownWalks> {
  const names = new Set([resource.name]);
  const walk = ({ relations }: Selection): void => {
    for (const { target, selection: inner } of relations) {
      names.add(target.name);
      walk(inner);
    }
  };
  walk(selection);
  const sets = [...names].flatMap((name) => ctx.rowRule(name, Action.READ));
  const lists = sets.flatMap(({ departmentIds }) => (departmentIds?.length ? [departmentIds] : []));
  const employeeId = sets.some(({ reports }) => reports === true) ? ownEmployeeId(ctx.principal) : null;
  if (lists.length === 0 && employeeId === null) return NO_WALKS;
  const [reports, ...found] = await Promise.all([
    employeeId === null ? null : idsBelow(ctx, employeeId),
    ...lists.map((ids) => idsWithin(ctx, ids)),
  ]);
  return { reports, departments: new Map(lists.map((ids, at) => [departmentsKey(ids), found[at] ?? null])) };
}
