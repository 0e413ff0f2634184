import { type FieldKind, parseWith } from "./field";

interface NumberOptions {
  readonly description: string;
  readonly required?: boolean;
}

/** The most that `decimal(14,2)` holds. */
const MOST_MONEY = 999_999_999_999.99;
const LARGEST_INT = 2_147_483_647;

/** An amount from 0 with at most two decimals, stored as `decimal(14,2)`; a number on either database. */
export function money(options: NumberOptions): FieldKind {
  const check = (value: string | number): string | null => {
    if (typeof value !== "number" || !Number.isFinite(value)) return "must be a number";
    if (value < 0) return "must not be negative";
    if (value > MOST_MONEY) return `must be at most ${MOST_MONEY}`;
    return Number(value.toFixed(2)) === value ? null : "must have at most two decimals";
  };
  return { ...numeric("money", options), parseText: parseWith(check, readNumber, "must be a number"), check };
}

/** A whole number from 0 that fits GraphQL's Int. */
export function integer(options: NumberOptions): FieldKind {
  const check = (value: string | number): string | null => {
    if (typeof value !== "number" || !Number.isInteger(value)) return "must be a whole number";
    return value < 0 || value > LARGEST_INT ? `must be from 0 to ${LARGEST_INT}` : null;
  };
  return { ...numeric("integer", options), parseText: parseWith(check, readNumber, "must be a whole number"), check };
}

function numeric(kind: "money" | "integer", options: NumberOptions): Omit<FieldKind, "parseText" | "check"> {
  const { description, required = false } = options;
  return { kind, description, required, unique: false, maxLength: null, target: null, acyclic: false };
}

/** Plain decimal notation only: no exponents, separators or hexadecimal, which `Number` would take. */
function readNumber(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
