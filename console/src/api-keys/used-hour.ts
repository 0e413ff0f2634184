import type { KeyDetails } from "./key-draft";

/** All operations of one hour together. */
export interface UsedHour {
  readonly hour: string;
  readonly operations: readonly string[];
  readonly calls: number;
  readonly denials: number;
  readonly errors: number;
}

/** Adds up what the service lists by hour and operation; newest hour first, as it comes. */
export function hoursOf(usage: KeyDetails["usage"]): readonly UsedHour[] {
  const hours = new Map<string, UsedHour>();
  for (const { hour, operationName, calls, denials, errors } of usage) {
    const so = hours.get(hour) ?? { hour, operations: [], calls: 0, denials: 0, errors: 0 };
    hours.set(hour, {
      hour,
      operations: [...so.operations, operationName],
      calls: so.calls + calls,
      denials: so.denials + denials,
      errors: so.errors + errors,
    });
  }
  return [...hours.values()];
}
