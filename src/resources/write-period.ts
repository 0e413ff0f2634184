import { Action } from "../access/grant";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import type { Changes } from "./write-input";
import { selectLocked } from "./write-lock";
import { holdsAll } from "./write-reach";

interface Days {
  /** Of the record that they are the days of. */
  readonly id: string;
  readonly first: string;
  readonly last: string | null;
}

/**
 * Refuses what was just written when its period overlaps another of the same owner: CONFLICT, which tells the other's days to those
 * who may read them there, and nothing else of it. Called after the record's reach is proven: nobody learns of people beyond their rows.
 */
export async function checkPeriod(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  changes: Changes,
): Promise<void> {
  const { period } = resource;
  if (period === undefined) return;
  const names = [period.owner, period.from, period.to, ...(period.only ? [period.only.field] : [])];
  if (![...changes.keys()].some(({ name }) => names.includes(name))) return;
  const columns = names.map((name) => fieldNamed(resource, name)?.column ?? name);
  const own = await selectLocked(tx, resource, id, columns);
  if (own === null) throw new Error(`${resource.name} ${id} was written and is gone`);
  const [owner = "", from = "", to = "", state = ""] = columns;
  if (period.only && !period.only.values.includes(String(own[state]))) return;

  const holder = fieldNamed(resource, period.owner)?.target;
  if (holder == null) throw new Error(`${resource.name} has no relation ${period.owner}`);
  // Whoever writes a period of this owner waits here for the one before, and then sees what it has left.
  await selectLocked(tx, resourceNamed(holder), String(own[owner]), []);

  const mine = { first: own[from] as string, last: (own[to] as string | null) ?? null };
  const other = await overlapping(tx, resource, { id, owner: String(own[owner]), ...mine });
  if (other === null) return;
  const isTold = await holdsAll(ctx, tx, resource, other.id, Action.READ, [period.from, period.to]);
  const until = other.last === null ? "on" : `to ${other.last}`;
  const days = isTold ? `, from ${other.first} ${until}` : "";
  const message = `It would overlap ${period.label} of the same ${holder}${days}.`;
  throw new ServiceError("CONFLICT", message, { field: `input.${from}` });
}

async function overlapping(
  tx: Transaction,
  resource: Resource,
  own: Days & { readonly owner: string },
): Promise<Days | null> {
  const { period } = resource;
  if (period === undefined) return null;
  const [owner, from, to] = [period.owner, period.from, period.to].map(
    (name) => `t.${fieldNamed(resource, name)?.column ?? name}`,
  );
  const [before, after] = period.mayTouch ? ["<", ">"] : ["<=", ">="];
  const query = tx
    .createQueryBuilder(resource.entity, "t")
    .select("t.id", "id")
    .addSelect(from as string, "first")
    .addSelect(to as string, "last")
    .where(`${owner} = :owner AND t.id <> :id`, { owner: own.owner, id: own.id })
    .orderBy(from as string)
    .limit(1);
  const startsInTime = own.last === null ? "1 = 1" : `${from} ${before} :last`;
  const endsLate = `(${to} ${after} :first OR ${to} IS NULL)`;
  query.andWhere(`((${startsInTime} AND ${endsLate}) OR ${from} = :first)`, { first: own.first, last: own.last });
  if (period.only) query.andWhere(`t.${period.only.field} IN (:...states)`, { states: period.only.values });
  return (await query.getRawOne<Days>()) ?? null;
}
