import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import { takeTurn } from "../kernel/turns";
import { checkFilter } from "./read-filter";
import { checkSearch, type Narrowing } from "./read-search";
import type { PageSelection, Selection } from "./read-selection";
import type { Resource } from "./resource";

/** Lists of records in one operation. */
export const MOST_LISTS = 10;
/** Records that one statement is asked for, with those that they lead to. */
const RECORDS_AT_ONCE = 1_000;

/** What the lists of one operation have asked for so far. */
interface Budget {
  lists: number;
  rows: number;
  conditions: number;
  isSpent: boolean;
}

const budgets = new WeakMap<RequestContext, Budget>();

/**
 * Charges the operation for one list and waits for the list's turn, so that all lists of an operation are charged before any is
 * read and none is read when one is too many. Between two lists the process answers others: SQLite reads on its only thread.
 *
 * Throws BAD_USER_INPUT for a filter or search that means nothing, QUERY_TOO_COSTLY naming the limit that is passed.
 */
export async function chargeList(
  ctx: RequestContext,
  resource: Resource,
  size: number,
  narrowing: Narrowing,
  selection: PageSelection,
): Promise<void> {
  const budget = budgetOf(ctx);
  budget.lists += 1;
  if (budget.lists > MOST_LISTS) throw spent(budget, "lists", `more than ${MOST_LISTS} lists of records`);
  if (selection.hasRows) budget.rows += size * Math.max(1 + joinsOf(selection.nodes), selection.written);
  if (budget.rows > ctx.mostRows) {
    throw spent(budget, "rows", `more than ${ctx.mostRows} rows: first × (1 + relations), each alias, over all lists`);
  }
  budget.conditions = conditionsWith(budget, resource, narrowing);
  await takeTurn(ctx);
  if (budget.isSpent) throw new ServiceError("QUERY_TOO_COSTLY", "The operation asks for more than its limits.");
}

/**
 * How many rows of `selection` one statement is asked for; what is beyond that is read by further statements, between which the process
 * answers others: SQLite reads on its only thread, and rows are made into an answer on it whatever the database.
 */
export function rowsAtOnce(selection: Selection): number {
  return Math.floor(RECORDS_AT_ONCE / (1 + joinsOf(selection)));
}

/** Rows that the operation has asked for so far, with those that they lead to. */
export function rowsAsked(ctx: RequestContext): number {
  return budgets.get(ctx)?.rows ?? 0;
}

function budgetOf(ctx: RequestContext): Budget {
  const known = budgets.get(ctx) ?? { lists: 0, rows: 0, conditions: 0, isSpent: false };
  budgets.set(ctx, known);
  return known;
}

function conditionsWith(budget: Budget, resource: Resource, { filter, search }: Narrowing): number {
  try {
    const filtered = filter == null ? budget.conditions : checkFilter(resource, filter, budget.conditions);
    return search == null ? filtered : checkSearch(resource, search, filtered);
  } catch (error) {
    // The answer is an error as a whole, whatever the other lists would give.
    budget.isSpent = true;
    throw error;
  }
}

function spent(budget: Budget, limit: "lists" | "rows", what: string): ServiceError {
  budget.isSpent = true;
  return new ServiceError("QUERY_TOO_COSTLY", `The operation asks for ${what}.`, { limit });
}

function joinsOf({ relations }: Selection): number {
  return relations.reduce((sum, { selection }) => sum + 1 + joinsOf(selection), 0);
}
