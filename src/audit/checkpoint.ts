import { timingSafeEqual } from "node:crypto";
import type { Pepper } from "../kernel/pepper";
import { type ChainEnd, keyedHash } from "./chain";

/**
 * Where the trail stood at a time, to be kept away from the database: what is removed up to there, the newest rows too, is seen
 * by comparing with it.
 */
export interface Checkpoint extends ChainEnd {
  /** When it was taken: ISO 8601, UTC. */
  readonly at: string;
  /** Rows up to and with `sequence`. */
  readonly count: number;
}

const FORM = "latchkey audit checkpoint 1";

/** The text of a checkpoint file: JSON with a keyed hash, so that it cannot be made up without LATCHKEY_SECRET. */
export function writeCheckpoint(pepper: Pepper, { sequence, hash, at, count }: Checkpoint): string {
  const checkpoint = { form: FORM, sequence, hash, at, count };
  return `${JSON.stringify({ ...checkpoint, mac: macOf(pepper, checkpoint) }, null, 2)}\n`;
}

/** Reads a checkpoint file; null unless it was written under the same LATCHKEY_SECRET and not changed since. */
export function readCheckpoint(pepper: Pepper, text: string): Checkpoint | null {
  const given = parse(text);
  if (given === null || typeof given["mac"] !== "string") return null;
  const { form, sequence, hash, at, count } = given as unknown as { readonly form: unknown } & Checkpoint;
  const ours = Buffer.from(macOf(pepper, { form, sequence, hash, at, count }));
  const mac = Buffer.from(given["mac"]);
  if (form !== FORM || mac.length !== ours.length || !timingSafeEqual(mac, ours)) return null;
  return { sequence, hash, at, count };
}

function macOf(pepper: Pepper, { form, sequence, hash, at, count }: Checkpoint & { readonly form: unknown }): string {
  return keyedHash(pepper, "checkpoint", JSON.stringify([form, sequence, hash, at, count]));
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
