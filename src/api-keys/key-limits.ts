import { DEFAULT_LIMITS, type Limits } from "../access/limits";
import { requireAnyAuthority } from "../authorities/require-authorities";
import { badInput } from "../kernel/service-error";
import type { Actor } from "../roles/load-actor";
import type { OperationLimitsInput } from "./operation-limits.type";

/** Limits of one operation that a key may have of its own. */
export const OWN_LIMITS = ["cost", "rows", "depth", "aliases", "rootFields", "selections"] as const;
type OwnLimit = (typeof OWN_LIMITS)[number];

/** What a key's limits differ in from everybody's. */
export type KeyLimits = Readonly<Partial<Record<OwnLimit, number>>>;

/** As far as anybody may raise them: validating the worst document that fits then takes under half a second. */
const HIGHEST: Readonly<Record<OwnLimit, number>> = {
  cost: 10_000_000,
  rows: 100_000,
  depth: 24,
  aliases: 500,
  rootFields: 100,
  selections: 2_000,
};

const known = new WeakMap<KeyLimits, Limits>();

/** The limits of a key's operations: its own, and everybody's for the rest. */
export function limitsOf(own: KeyLimits | null): Limits {
  if (own === null) return DEFAULT_LIMITS;
  const limits = known.get(own) ?? Object.freeze({ ...DEFAULT_LIMITS, ...own });
  known.set(own, limits);
  return limits;
}

/**
 * The limits to store of those given: only what differs from everybody's, null when nothing does. Throws BAD_USER_INPUT naming the
 * field.
 */
export function readKeyLimits(given: OperationLimitsInput | null): KeyLimits | null {
  const own: Partial<Record<OwnLimit, number>> = {};
  for (const name of OWN_LIMITS) {
    const value = given?.[name];
    if (value == null || value === DEFAULT_LIMITS[name]) continue;
    if (value < 1 || value > HIGHEST[name]) {
      throw badInput(`input.limits.${name}`, `must be from 1 to ${HIGHEST[name]}`);
    }
    own[name] = value;
  }
  return Object.keys(own).length === 0 ? null : own;
}

/**
 * Throws FORBIDDEN where `next` is above both everybody's limit and the key's present one and the actor may not raise it: the limits
 * protect the service from its keys, so that whoever owns a key does not decide on them alone. Lowering is free.
 */
export function requireMayRaise(actor: Actor, before: KeyLimits | null, next: KeyLimits | null): void {
  const [former, wanted] = [limitsOf(before), limitsOf(next)];
  const isRaised = OWN_LIMITS.some((name) => wanted[name] > Math.max(DEFAULT_LIMITS[name], former[name]));
  if (isRaised) requireAnyAuthority(actor.scope, ["MANAGE_SETTINGS"]);
}
