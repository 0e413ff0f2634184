import { Action } from "../access/grant";
import type { RequestContext } from "../context";
import { Bindings } from "./read-bindings";
import { ownEmployeeId, writeRule } from "./read-rows";
import type { Selection } from "./read-selection";
import { ROOT } from "./read-statement";
import type { Resource } from "./resource";

/** Runs one SELECT: on the store for reads, in a transaction for what a mutation returns. */
export type RunSelect = <Row extends object>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** Conditions of one statement in the making. Every record it touches, at the root or by a join, obeys the rows of its resource. */
export class Query {
  readonly bindings = new Bindings();
  private readonly conditions: string[] = [];

  constructor(
    private readonly ctx: RequestContext,
    private readonly resource: Resource,
  ) {}

  /** Adds a condition; "" adds nothing. */
  and(condition: string): this {
    if (condition !== "") this.conditions.push(condition);
    return this;
  }

  /** Only records that the operation may touch with `action`. */
  andReachable(action: Action): this {
    return this.and(this.rule(this.resource, action, ROOT));
  }

  get where(): string {
    return this.conditions.join(" AND ");
  }

  /** The rule of each join's resource, by alias number: what is beyond one's rows is as if it were not there. */
  joinConditions(selection: Selection): string[] {
    const conditions: string[] = [];
    const walk = (parent: Selection): void => {
      for (const { target, selection: inner } of parent.relations) {
        conditions.push(this.rule(target, Action.READ, `j${conditions.length}`));
        walk(inner);
      }
    };
    walk(selection);
    return conditions;
  }

  private rule(resource: Resource, action: Action, alias: string): string {
    const rule = this.ctx.rowRule(resource.name, action);
    if (rule.length === 0) return "";
    return writeRule(this.ctx.store.reader, resource, rule, alias, ownEmployeeId(this.ctx.principal), this.bindings);
  }
}
