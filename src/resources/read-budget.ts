import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import { checkFilter, type FilterInput } from "./read-filter";
import type { Resource } from "./resource";

/** Lists of records in one operation. */
export const MOST_LISTS = 10;

/** What the lists of one operation have asked for so far. */
interface Budget {
  lists: number;
  conditions: number;
  isSpent: boolean;
  /** Ends when the list that was let through last has its turn. */
  turn: Promise<void>;
}

const budgets = new WeakMap<RequestContext, Budget>();

/**
 * Charges the operation for one list and waits for the list's turn, so that all lists of an operation are charged before any is
 * read and none is read when one is too many. How many rows they have in all is bounded by the operation's cost. Between two lists the process answers others: SQLite reads on its only thread.
 *
 * Throws BAD_USER_INPUT for a filter that means nothing, QUERY_TOO_COSTLY naming the limit that is passed.
 */
export async function chargeList(
  ctx: RequestContext,
  resource: Resource,
  filter: FilterInput | null | undefined,
): Promise<void> {
  const budget = budgetOf(ctx);
  budget.lists += 1;
  if (budget.lists > MOST_LISTS) {
    budget.isSpent = true;
    const message = `The operation asks for more than ${MOST_LISTS} lists of records.`;
    throw new ServiceError("QUERY_TOO_COSTLY", message, { limit: "lists" });
  }
  if (filter != null) budget.conditions = conditionsWith(budget, resource, filter);
  budget.turn = budget.turn.then(() => new Promise((resolve) => setImmediate(resolve)));
  await budget.turn;
  if (budget.isSpent) throw new ServiceError("QUERY_TOO_COSTLY", "The operation asks for more than its limits.");
}

function budgetOf(ctx: RequestContext): Budget {
  const known = budgets.get(ctx) ?? { lists: 0, conditions: 0, isSpent: false, turn: Promise.resolve() };
  budgets.set(ctx, known);
  return known;
}

function conditionsWith(budget: Budget, resource: Resource, filter: FilterInput): number {
  try {
    return checkFilter(resource, filter, budget.conditions);
  } catch (error) {
    // The answer is an error as a whole, whatever the other lists would give.
    budget.isSpent = true;
    throw error;
  }
}
