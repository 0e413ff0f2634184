import { badInput } from "../kernel/service-error";
import { optionalText, requireText } from "../kernel/text";
import type { ApiKey } from "./api-key.entity";
import type { GenerateApiKeyInput, UpdateApiKeyInput } from "./api-key.input";
import { canonicalIpRange } from "./ip-range";
import { readKeyLimits } from "./key-limits";
import { OnDenied } from "./on-denied";

/** Everything of a key that its owner chooses freely, as it is stored. Its expiry is the policy's too: see key-expiry.ts. */
export type KeySettings = Pick<
  ApiKey,
  "name" | "description" | "application" | "deviceId" | "allowedIps" | "onDenied" | "callsPerMinute" | "limits"
>;

const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 1_000;
const LONGEST_BINDING = 120;
const MOST_IPS = 50;
const MOST_CALLS_PER_MINUTE = 100_000;
/** What lists show for a key that is bound to no application or device; given back, it means the same. */
export const ANY = "Any";

/**
 * Judges what a client gives of a key: returns what was given in the form in which it is stored, and leaves out what was omitted.
 * Throws BAD_USER_INPUT naming the field.
 */
export function readKeySettings(input: GenerateApiKeyInput | UpdateApiKeyInput): Partial<KeySettings> {
  const settings: Partial<KeySettings> = {};
  if (input.name !== undefined) settings.name = requireText(input.name, "input.name", LONGEST_NAME);
  if (input.description !== undefined) {
    settings.description = optionalText(input.description, "input.description", LONGEST_DESCRIPTION);
  }
  if (input.application !== undefined) settings.application = readBinding(input.application, "input.application");
  if (input.deviceId !== undefined) settings.deviceId = readBinding(input.deviceId, "input.deviceId");
  if (input.allowedIps !== undefined) settings.allowedIps = readIps(input.allowedIps);
  if (input.callsPerMinute !== undefined) settings.callsPerMinute = readCallsPerMinute(input.callsPerMinute);
  if (input.onDenied !== undefined) settings.onDenied = input.onDenied ?? OnDenied.ERROR;
  if (input.limits !== undefined) settings.limits = readKeyLimits(input.limits);
  return settings;
}

/** A header's value to compare with, so one line; null = any. */
function readBinding(text: string | null, field: string): string | null {
  if (text === null || text.trim() === "" || text.trim() === ANY) return null;
  return requireText(text, field, LONGEST_BINDING);
}

function readCallsPerMinute(calls: number | null): number | null {
  if (calls === null || (calls >= 1 && calls <= MOST_CALLS_PER_MINUTE)) return calls;
  throw badInput("input.callsPerMinute", `must be from 1 to ${MOST_CALLS_PER_MINUTE}`);
}

function readIps(ranges: readonly string[] | null): string[] | null {
  if (ranges === null) return null;
  if (ranges.length === 0) throw badInput("input.allowedIps", "must not be empty: leave it out to allow any address");
  if (ranges.length > MOST_IPS) throw badInput("input.allowedIps", `must have at most ${MOST_IPS} entries`);
  const canonical = ranges.map((range, at) => {
    const spelled = canonicalIpRange(range);
    if (spelled === null)
      throw badInput(`input.allowedIps[${at}]`, "must be an IP address or a CIDR range, e.g. 10.0.0.0/8");
    return spelled;
  });
  return [...new Set(canonical)].sort();
}
