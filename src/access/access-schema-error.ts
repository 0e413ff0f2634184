/** One place in the schema that stops the boot, and what its author should do about it. */
export interface SchemaProblem {
  /** `Type`, `Type.field`, `Type.field(arg:)` or `Input.field`. */
  readonly coordinate: string;
  /** What is wrong and how to mend it. */
  readonly problem: string;
}

/**
 * The schema cannot be guarded as it stands, so the service must not start. Lists every problem, not just the first, so that
 * a new resource is mended in one round.
 */
export class AccessSchemaError extends Error {
  override readonly name = "AccessSchemaError";

  constructor(readonly problems: readonly SchemaProblem[]) {
    super(
      `The schema has ${problems.length} unguarded or wrongly guarded ${problems.length === 1 ? "place" : "places"}:\n${problems
        .map(({ coordinate, problem }) => `  ${coordinate}: ${problem}`)
        .join("\n")}`,
    );
  }
}
