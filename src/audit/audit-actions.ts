import { ServiceError } from "../kernel/service-error";

/** Actions of the service itself, by area. Those of records come from their definitions, by `declareActions`. */
const OWN_ACTIONS = {
  session: ["signIn", "signInFailed", "signOut", "leakReported"],
  user: [
    ...(["create", "update", "setStatus", "setRoles", "lock", "changePassword", "createPasswordReset"] as const),
    ...(["resetPassword", "passwordResetLeakReported"] as const),
  ],
  role: ["create", "update", "delete"],
  apiSet: ["create", "update", "delete"],
  apiKey: [
    ...(["generate", "update", "disable", "enable", "rotate", "newSecretUsed", "retiredSecretUsed"] as const),
    ...(["revoke", "revokeAll", "leakReported"] as const),
  ],
  settings: ["update"],
  audit: ["begin", "headForged"],
  change: ["refused"],
  request: ["refused", "refusedMore"],
  export: ["begin"],
  demo: ["fill"],
} as const;

type Areas = typeof OWN_ACTIONS;
type OwnAction = { [Area in keyof Areas]: `${Area}.${Areas[Area][number]}` }[keyof Areas];
/** An action that `declaredAction` has looked up. */
type DeclaredAction = string & { readonly isDeclared: true };

/** What a row may tell of: nothing is recorded under a name that whoever reads the trail could not ask for. */
export type AuditAction = OwnAction | DeclaredAction;

const known = new Map<string, Set<string>>(Object.entries(OWN_ACTIONS).map(([area, verbs]) => [area, new Set(verbs)]));

/** Adds actions to the list, e.g. `declareActions("employee", ["create", "update", "delete"])`, before anything is recorded. */
export function declareActions(area: string, verbs: readonly string[]): void {
  known.set(area, new Set([...(known.get(area) ?? []), ...verbs]));
}

/** The action of this name; throws when nobody has declared it, which is a programmer's error. */
export function declaredAction(area: string, verb: string): AuditAction {
  if (!known.get(area)?.has(verb)) throw new Error(`nobody has declared the audit action ${area}.${verb}`);
  return `${area}.${verb}` as DeclaredAction;
}

/** Every action there is, in the order of areas; docs/operating.md has the same. */
export function auditActions(): string[] {
  return [...known].flatMap(([area, verbs]) => [...verbs].map((verb) => `${area}.${verb}`));
}

/**
 * Refuses an action, or an area with its dot, that no row can have: a list that is silently empty would look like "it never
 * happened". Throws BAD_USER_INPUT that names those of the area, where there is such an area, and all areas otherwise.
 */
export function requireKnownAction(action: string, field: string): void {
  const [area = "", verb] = action.split(".", 2);
  const verbs = known.get(area);
  if (verbs !== undefined && (action === `${area}.` || (action === `${area}.${verb}` && verbs.has(verb ?? "")))) return;
  const names = verbs === undefined ? [...known.keys()].map((name) => `${name}.`) : prefixed(area, verbs);
  const what = verbs === undefined ? "areas, or an action of one" : `actions, or ${area}. for all of them`;
  throw new ServiceError(
    "BAD_USER_INPUT",
    `${field} is not an action of the trail: give one of the ${what}: ${names.join(", ")}.`,
    {
      field,
      allowed: auditActions(),
    },
  );
}

function prefixed(area: string, verbs: Iterable<string>): string[] {
  return [...verbs].map((verb) => `${area}.${verb}`);
}
