import { Action } from "../access/grant";
import type { RowRule } from "../access/scope";
import type { RequestContext } from "../context";
import { Below, idsBelow, ownEmployeeId } from "./read-below";
import { Bindings } from "./read-bindings";
import { writeRule } from "./read-rows";
import type { Selection } from "./read-selection";
import { ROOT } from "./read-statement";
import type { Resource } from "./resource";

/** Runs one SELECT: on the store for reads, in a transaction for what a mutation returns. */
export type RunSelect = <Row extends object>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** Conditions of one statement in the making. Every record it touches, at the root or by a join, obeys the rows of its resource. */
export class Query {
  readonly bindings = new Bindings();
  private readonly conditions: string[] = [];
  private readonly below: Below;

  /** `below` are the ids that `belowFor` read; without them, as inside a transaction, the statement finds them itself. */
  constructor(
    private readonly ctx: RequestContext,
    private readonly resource: Resource,
    below: readonly string[] | null = null,
  ) {
    this.below = new Below(ctx.store.reader, ownEmployeeId(ctx.principal), below, this.bindings);
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

  /** The common table expression that the conditions refer to; read it after they are all written. "" for none. */
  get walk(): string {
    return this.below.walk;
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
    return writeRule(this.ctx.store.reader, resource, rule, alias, this.below, this.bindings);
  }
}

/** The ids below the principal for a read of `selection`; null where no rule of it asks for them, and where they are too many. */
export async function belowFor(
  ctx: RequestContext,
  resource: Resource,
  selection: Selection,
): Promise<readonly string[] | null> {
  const employeeId = ownEmployeeId(ctx.principal);
  if (employeeId === null) return null;
  const names = new Set([resource.name]);
  const walk = ({ relations }: Selection): void => {
    for (const { target, selection: inner } of relations) {
      names.add(target.name);
      walk(inner);
    }
  };
  walk(selection);
  const isAsked = [...names].some((name) => ctx.rowRule(name, Action.READ).some(({ reports }) => reports === true));
  return isAsked ? idsBelow(ctx, employeeId) : null;
}
