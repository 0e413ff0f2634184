import { type FieldNode, Kind } from "graphql";
import type { RefusedChange } from "../audit/refusal-trail";
import type { RequestContext, Transaction } from "../context";
import { isGuid, normaliseGuid } from "../kernel/token";

/** Things that mutations change by `id`, by how the mutation's name ends. */
const TARGETS = [
  { ends: /ApiKey(Enabled)?$/, kind: "apiKey", table: "api_key", name: "name" },
  { ends: /ApiSet$/, kind: "apiSet", table: "api_set", name: "name" },
  { ends: /Role$/, kind: "role", table: "role", name: "name" },
  { ends: /User(Roles|Status)?$/, kind: "user", table: "user", name: "email" },
] as const;
/** As `newTokenId` makes them; all other ids have the form of a GUID. */
const KEY_ID = /^[0-9A-Za-z]{12}$/;

/**
 * Finds what the argument `id` of a refused mutation names. Where that is nothing, the id itself is the target of a NOT_FOUND, so
 * that the trail shows what somebody was looking for: only text in the form of an id, which no password or token has, and none
 * that is the value of a key, since that may be a GUID as well.
 */
export function targetFinder(
  { index, pepper }: Pick<RequestContext, "index" | "pepper">,
  field: FieldNode,
  { variables }: { readonly variables: Readonly<Record<string, unknown>> },
  code: string,
): RefusedChange["findTarget"] {
  const given = field.arguments?.find(({ name }) => name.value === "id")?.value;
  const id = given?.kind === Kind.VARIABLE ? variables[given.name.value] : given?.kind === Kind.STRING && given.value;
  if (typeof id !== "string" || id.length > 36) return undefined;
  const mutation = field.name.value;
  const stored = TARGETS.find(({ ends }) => ends.test(mutation));
  const kind = stored?.kind ?? [...index.resources.keys()].find((name) => mutation.endsWith(capital(name)));
  if (kind === undefined) return undefined;
  return async (tx: Transaction) => {
    const name = stored && (await nameOf(tx, stored, id));
    if (name !== undefined) return { kind, id, name };
    if (code !== "NOT_FOUND" || !(isGuid(id) || KEY_ID.test(id))) return null;
    return (await isKeyValue(tx, pepper, id)) ? null : { kind, id };
  };
}

async function nameOf(
  tx: Transaction,
  { table, name }: { readonly table: string; readonly name: string },
  id: string,
): Promise<string | undefined> {
  const sql = `SELECT \`${name}\` AS name FROM \`${table}\` WHERE id = ?`;
  const [found] = (await tx.query(sql, [id])) as { name: string }[];
  return found?.name;
}

async function isKeyValue(tx: Transaction, pepper: RequestContext["pepper"], text: string): Promise<boolean> {
  const digest = pepper.digest(normaliseGuid(text) ?? text);
  const rows = (await tx.query("SELECT id FROM api_key_secret WHERE digest = ?", [digest])) as object[];
  return rows.length > 0;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
