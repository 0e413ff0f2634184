import { Action } from "../access/grant";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { fieldNamed, type Resource } from "./resource";
import type { Changes } from "./write-input";
import { holdsAll } from "./write-reach";

/** Columns that have to be known before a change of what may be settled. */
export function columnsOfSettled({ settled, ...resource }: Resource, changes: Changes): string[] {
  if (settled === undefined || ![...changes.keys()].some(({ name }) => settled.fields.includes(name))) return [];
  const column = resource.fields.find(({ name }) => name === settled.by)?.column;
  return column === undefined ? [] : [column];
}

/** Refuses (CONFLICT naming the field) a change of what is settled on this record by who may not decide it. */
export async function checkSettled(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  changes: Changes,
  current: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { settled } = resource;
  const field = [...changes.keys()].find(({ name }) => settled?.fields.includes(name));
  if (settled === undefined || field === undefined) return;
  const state = String(current[fieldNamed(resource, settled.by)?.column ?? ""]);
  if (settled.open.includes(state) || (await holdsAll(ctx, tx, resource, id, Action.UPDATE, [settled.by]))) return;
  throw new ServiceError(
    "CONFLICT",
    `input.${field.name} is settled once a ${resource.name} is no longer ${settled.open.join(" or ")}: only who may update ${settled.by} may change it.`,
    { field: `input.${field.name}` },
  );
}
