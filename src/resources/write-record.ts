import { Action } from "../access/grant";
import { declaredAction } from "../audit/audit-actions";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import { ServiceError } from "../kernel/service-error";
import { isForeignKeyViolation } from "../store/violation";
import type { Attached } from "./attachment";
import type { FieldValue } from "./field";
import type { Node } from "./read-mapper";
import type { RunSelect } from "./read-query";
import { readRecord } from "./read-record";
import type { Selection } from "./read-selection";
import { forgetWalks } from "./read-walks";
import type { RecordStep } from "./record-step";
import { fieldNamed, type Resource } from "./resource";
import { refusalOf, staleVersion } from "./write-conflict";
import { type Changes, type RecordInput, readInput } from "./write-input";
import { beforeMove } from "./write-move";
import { checkPeriod } from "./write-period";
import { holdsAll, lockReachable, requireReach } from "./write-reach";
import { checkReferences } from "./write-references";
import { checkRules, columnsOfRules } from "./write-rules";
import { checkSettled, columnsOfSettled } from "./write-settled";
import { beforeWidening } from "./write-widening";

/**
 * Makes a record and returns what is selected of it. The record must lie in the rows of CREATE and of READ, or nothing is made.
 * `attached` is what belongs to it beside the input; the caller ends it.
 */
export async function createRecord(
  ctx: RequestContext,
  resource: Resource,
  input: RecordInput,
  selection: Selection,
  attached?: Attached,
): Promise<Node> {
  const changes = readInput(resource, input, true);
  checkRules(resource, changes);
  return ctx.store.transaction(async (tx) => {
    const id = newId();
    const now = new Date(ctx.clock.now());
    await checkReferences(ctx, tx, resource, id, changes);
    await attached?.keep(tx);
    const row = { id, ...byColumn(changes), version: 1, createdAt: now, updatedAt: now, ...attached?.columns };
    await tx.insert(resource.entity, row).catch(async (error: unknown) => {
      throw await refusalOf(error, tx, resource, id, changes);
    });
    await requireReach(
      ctx,
      tx,
      resource,
      id,
      Action.CREATE,
      "The new record would be outside the records you may create.",
    );
    await checkPeriod(ctx, tx, resource, id, changes);
    await noteChange(ctx, tx, resource, "create", id, changes);
    return readBack(ctx, tx, resource, id, selection);
  });
}

/**
 * Changes a record and returns what is selected of it. Setting what is already there changes nothing: no version, no audit row,
 * unless a given field is one that the principal may not read.
 * The record must lie in the rows of UPDATE before and after, and in those of READ after, or nothing is changed.
 */
export async function updateRecord(
  ctx: RequestContext,
  resource: Resource,
  id: string,
  input: RecordInput,
  selection: Selection,
): Promise<Node> {
  const version = input["version"] as number | null | undefined;
  return change(ctx, resource, { id, version, verb: "update", changes: readInput(resource, input, false) }, selection);
}

/** Moves a record's state on by one step, with the fields that go along; CONFLICT when the record is not where the step begins. */
export async function stepRecord(
  ctx: RequestContext,
  resource: Resource,
  step: RecordStep,
  args: RecordInput & { readonly id: string; readonly version?: number | null },
  selection: Selection,
): Promise<Node> {
  const { id, version } = args;
  const field = fieldNamed(resource, step.field);
  if (field === undefined) throw new Error(`${resource.name} has no field ${step.field}`);
  const taken = Object.fromEntries((step.takes ?? []).map((name) => [name, args[name]]));
  const changes = new Map([...readInput(resource, taken, false, ""), [field, step.to]]);
  const judge = (current: Readonly<Record<string, unknown>>): void => {
    if (step.from.includes(String(current[field.column]))) return;
    const message = `Only a ${resource.name} that is ${step.from.join(" or ")} can be ${step.done}.`;
    throw new ServiceError("CONFLICT", message, { field: "id" });
  };
  return change(ctx, resource, { id, version, verb: step.verb, changes, judge }, selection);
}

/** What is to be done to one record. `judge` throws when it cannot be done to the record as it is. */
interface Change {
  readonly id: string;
  readonly version: number | null | undefined;
  /** For the audit trail. */
  readonly verb: string;
  readonly changes: Changes;
  readonly judge?: (current: Readonly<Record<string, unknown>>) => void;
}

async function change(ctx: RequestContext, resource: Resource, made: Change, selection: Selection): Promise<Node> {
  const { id, changes } = made;
  const columns = new Set([
    ...[...changes.keys()].map(({ column }) => column),
    ...columnsOfRules(resource, changes),
    ...columnsOfSettled(resource, changes),
  ]);
  return ctx.store.transaction(async (tx) => {
    const current = await lockReachable(ctx, tx, resource, id, Action.UPDATE, [...columns]);
    if (made.version != null && made.version !== current["version"]) throw staleVersion(resource);
    made.judge?.(current);
    const differing: Changes = new Map([...changes].filter(([{ column }, value]) => current[column] !== value));
    const hasEqual = differing.size < changes.size;
    // That nothing moved would tell what the record holds: to those who may not read it everything given is a change.
    const given = [...changes.keys()].map(({ name }) => name);
    const changed = hasEqual && !(await holdsAll(ctx, tx, resource, id, Action.READ, given)) ? changes : differing;
    if (changed.size > 0) {
      checkRules(resource, changed, current);
      await checkSettled(ctx, tx, resource, id, changed, current);
      const checkMove = await beforeMove(ctx, tx, resource, changed, current);
      const checkWidening = await beforeWidening(ctx, tx, resource, changed, current);
      await checkReferences(ctx, tx, resource, id, changed);
      const version = (current["version"] as number) + 1;
      const row = { ...byColumn(changed), version, updatedAt: new Date(ctx.clock.now()) };
      await tx.update(resource.entity, { id }, row).catch(async (error: unknown) => {
        throw await refusalOf(error, tx, resource, id, changed);
      });
      await requireReach(
        ctx,
        tx,
        resource,
        id,
        Action.UPDATE,
        "The change would take the record out of those you may update.",
      );
      await checkMove?.();
      await checkWidening?.();
      await checkPeriod(ctx, tx, resource, id, changed);
      await noteChange(ctx, tx, resource, made.verb, id, changed);
    }
    return readBack(ctx, tx, resource, id, selection);
  });
}

/** Deletes a record and returns what was selected of it. CONFLICT while other records refer to it. */
export async function deleteRecord(
  ctx: RequestContext,
  resource: Resource,
  id: string,
  version: number | null | undefined,
  selection: Selection,
): Promise<Node> {
  const { attachment } = resource;
  const [node, attached] = await ctx.store.transaction(async (tx) => {
    const current = await lockReachable(ctx, tx, resource, id, Action.DELETE, attachment ? [attachment.column] : []);
    if (version != null && version !== current["version"]) throw staleVersion(resource);
    const node = await readBack(ctx, tx, resource, id, selection);
    await tx.delete(resource.entity, { id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      const message = `Other records refer to this ${resource.name}: change or delete them first.`;
      throw new ServiceError("CONFLICT", message, {}, error);
    });
    await noteChange(ctx, tx, resource, "delete", id, new Map());
    return [node, attachment && current[attachment.column]] as const;
  });
  if (attachment !== undefined) await attachment.release(ctx, String(attached));
  return node;
}

/**
 * The payload, read in the transaction under READ's rule; a payload that may not be read takes the whole change back. One that
 * selects no more than `__typename` and `id` reads nothing, so that a key may write what it may not read.
 */
async function readBack(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  selection: Selection,
): Promise<Node> {
  if (selection.key === "" || (selection.key === "id" && !selection.hasLists)) return { id };
  const run: RunSelect = (sql, parameters) => tx.query(sql, [...parameters]);
  const node = await readRecord(ctx, resource, id, selection, run);
  if (node === null) {
    throw new ServiceError(
      "OUT_OF_SCOPE",
      "Nothing was changed: the record that the answer asks for is outside those you may read.",
    );
  }
  return node;
}

function byColumn(changes: Changes): Record<string, FieldValue> {
  return Object.fromEntries([...changes].map(([field, value]) => [field.column, value]));
}

/** Names the fields, never their values: who reads the trail need not be who reads the records. */
async function noteChange(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  verb: string,
  id: string,
  changes: Changes,
): Promise<void> {
  forgetWalks(ctx);
  const fields = [...changes].flatMap(([field, value]) => (verb === "create" && value === null ? [] : [field.name]));
  await record(tx, ctx, {
    action: declaredAction(resource.name, verb),
    target: { kind: resource.name, id },
    ...(verb === "delete" ? {} : { after: { fields } }),
  });
}
