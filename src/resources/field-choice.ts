import { type Choices, type FieldKind, parseWith } from "./field";

/**
 * One of a few values, an enum in the schema. With `initial` it is a state: new records begin there, no input sets it, and the
 * resource's steps move it on.
 */
export function choice(
  choices: Choices,
  options: { readonly description: string; readonly initial?: string; readonly maxLength: number },
): FieldKind {
  const values = Object.values(choices.values);
  const problem = `must be one of ${values.join(", ")}`;
  const check = (value: string | number): string | null =>
    typeof value === "string" && values.includes(value) ? null : problem;
  return {
    kind: "choice",
    description: options.description,
    required: true,
    unique: false,
    maxLength: options.maxLength,
    target: null,
    acyclic: false,
    choices,
    ...(options.initial !== undefined && { initial: options.initial }),
    parseText: parseWith(check, (text) => text, problem),
    check,
  };
}
