import { ApiKey } from "../../api-keys/api-key.entity";
import { whereLive } from "../../api-keys/api-key.queries";
import { generateApiKey } from "../../api-keys/generate-api-key";
import { revokeApiKey } from "../../api-keys/revoke-api-key";
import { findKey, judgeKey } from "../../api-keys/verify-key";
import { ApiSet } from "../../api-sets/api-set.entity";
import { createApiSet } from "../../api-sets/create-api-set";
import type { RequestContext } from "../../context";
import { nameKeyOf } from "../../kernel/text";
import { DEMO_SETS, type DemoSet, type DemoUserName } from "./demo-plan";

/** The key of one API set, ready to be printed. */
export interface DemoKey {
  readonly set: DemoSet;
  readonly id: string;
  readonly token: string;
  /** Why it is another one than the last run printed; null when it is not, or on the first run. */
  readonly replaced: string | null;
}

/**
 * One usable key for each API set: the one of the last run where it still works, a fresh one otherwise. `keep` is called with each
 * new token before the next key is made, so that an interrupted run loses none.
 */
export async function ensureKeys(
  operator: RequestContext,
  owners: Readonly<Record<DemoUserName, string>>,
  tokens: Readonly<Record<string, string>>,
  keep: (setName: string, token: string) => void,
): Promise<DemoKey[]> {
  const keys: DemoKey[] = [];
  for (const set of DEMO_SETS) {
    const apiSetId = await ensureSet(operator, set);
    const token = tokens[set.name];
    const known = token === undefined ? null : await whyUnusable(operator, token);
    if (token !== undefined && known?.fault === null) {
      keys.push({ set, id: known.id, token, replaced: null });
      continue;
    }
    const ownerId = owners[set.keyOwner];
    await revokeNamesakes(operator, ownerId, set.keyName);
    const generated = await generateApiKey(operator, { name: set.keyName, apiSetIds: [apiSetId], forUserId: ownerId });
    keep(set.name, generated.token);
    keys.push({ set, id: generated.apiKey.id, token: generated.token, replaced: known?.fault ?? null });
  }
  return keys;
}

async function ensureSet(operator: RequestContext, { name, description, grants }: DemoSet): Promise<string> {
  const known = await operator.store.reader
    .createQueryBuilder(ApiSet, "apiSet")
    .where("apiSet.nameKey = :nameKey", { nameKey: nameKeyOf(name) })
    .getOne();
  return (known ?? (await createApiSet(operator, { name, description, grants }))).id;
}

/** What keeps the key of the last run from working now; fault null when nothing does. */
async function whyUnusable(
  { store, index, pepper, clock }: RequestContext,
  token: string,
): Promise<{ id: string; fault: string | null } | null> {
  const key = await findKey(store.reader.manager, index, pepper.digest(token));
  if (key === null) return null;
  const verdict = judgeKey(key, { now: clock.now(), ip: null, client: null, deviceId: null });
  return { id: key.id, fault: verdict === "OK" ? null : verdict.message };
}

/** A key that can no longer be used as printed still has the name that its successor takes. */
async function revokeNamesakes(operator: RequestContext, ownerId: string, name: string): Promise<void> {
  const query = operator.store.reader
    .createQueryBuilder(ApiKey, "apiKey")
    .where("apiKey.ownerId = :ownerId AND apiKey.nameKey = :nameKey", { ownerId, nameKey: nameKeyOf(name) });
  for (const { id } of await whereLive(query, "apiKey", operator.clock.now()).getMany())
    await revokeApiKey(operator, id);
}
