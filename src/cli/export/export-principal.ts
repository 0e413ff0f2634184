import { emptyScope, type Scope } from "../../access/scope";
import { noteRetiredUse } from "../../api-keys/note-retired-use";
import { promoteSecret } from "../../api-keys/promote-secret";
import { secretStateAt } from "../../api-keys/secret-state";
import { findKey, judgeKey, type KeyRefusal, UNPROVEN, type VerifiedKey } from "../../api-keys/verify-key";
import type { RequestContext } from "../../context";
import { createCredentialMemory } from "../../http/credential-memory";
import { type Authenticated, USUAL_POLICY } from "../../http/request-state";
import type { UsageRecorder } from "../../usage/usage-recorder";
import { CommandError } from "../run-command";

/** What the caller of a command says that a request would say in headers; as much worth as there. */
export interface KeyClaims {
  readonly application: string | null;
  readonly deviceId: string | null;
}

/** Says who an export is made as, anew for every page, so that no page goes by what was true for an earlier one. */
export type Identify = () => Promise<Authenticated>;

/** Whoever runs a command beside the database. */
export function asOperator({ principal, scope, ownerScope }: RequestContext): Identify {
  return async () => ({ principal, scope, ownerScope, policy: USUAL_POLICY });
}

/**
 * The key that `token` proves, by the same look-up, freshness and judgement as a request with it: read again whenever the epoch
 * has moved, judged by the time of asking. A command comes from no address, so that a key bound to addresses is refused.
 *
 * Its calls per minute are not counted: no limit binds a command (see context.ts).
 */
export function asKey(ctx: RequestContext, token: string, claims: KeyClaims, usage: UsageRecorder): Identify {
  const digest = ctx.pepper.digest(token);
  const memory = createCredentialMemory<VerifiedKey>(ctx, { name: "keys", isGuessable: false });
  const identify: Identify = async () => {
    const key = await memory(digest, { ip: "" }, () => findKey(ctx.store.reader.manager, ctx.index, digest));
    if (key === null) throw new CommandError(UNPROVEN);
    const now = ctx.clock.now();
    if (secretStateAt(key.secret, now) === "RETIRED") {
      usage.refused(key.id);
      await noteRetiredUse(nobody(ctx), key);
      throw new CommandError(UNPROVEN);
    }
    const verdict = judgeKey(key, { now, ip: null, client: claims.application, deviceId: claims.deviceId });
    if (verdict !== "OK") {
      usage.refused(key.id);
      throw new CommandError(explain(verdict));
    }
    const who: Authenticated = {
      principal: { kind: "API_KEY", user: key.owner.user, apiKey: { id: key.id, name: key.name } },
      scope: key.scope,
      ownerScope: key.owner.scope,
      // A refused field refuses the export, and its operations are the command's own, not the key's.
      policy: USUAL_POLICY,
    };
    if (key.secret.state !== "PENDING") return who;
    await promoteSecret({ ...ctx, ...who }, key.secret.id);
    return identify();
  };
  return identify;
}

function nobody(ctx: RequestContext): RequestContext {
  const scope: Scope = emptyScope(ctx.index);
  return { ...ctx, principal: { kind: "NOBODY" }, scope, ownerScope: scope };
}

/** The same refusals as over HTTP, with what a command can do about them. */
function explain({ message, details }: KeyRefusal): string {
  switch (details["reason"]) {
    case "IP_NOT_ALLOWED":
      return "This API key is bound to addresses, and a command comes from none: use it over HTTP, or a key without allowedIps.";
    case "APPLICATION_MISMATCH":
      return "This API key is bound to an application: give its name by --application.";
    case "DEVICE_MISMATCH":
      return "This API key is bound to a device: give its id by --device-id.";
    default:
      return message;
  }
}
