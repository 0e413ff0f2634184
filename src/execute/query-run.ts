import type { GraphQLFieldResolver, GraphQLResolveInfo } from "graphql";
import type { TakesJson } from "../kernel/json-text";

/** Coerced values of an operation's variables. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** What a field of the query is answered by; the same that the schema's resolver calls. */
export type Read<Context> = GraphQLFieldResolver<unknown, Context>;

/** Where a read stands, as far as reads may ask. List positions are not part of `path`. */
export interface Place extends GraphQLResolveInfo, TakesJson {}

/** The fast way does not know what to do here; the ordinary way does. Holds nothing and has no stack, since nobody reads it. */
export const NOT_HERE: Readonly<{ name: string }> = Object.freeze({ name: "NotHere" });

/**
 * One run of a compiled query: what is under way, and how it ends.
 *
 * Whatever goes wrong anywhere ends the run as a whole: errors are worded, placed and spread to parents by graphql-js alone, which
 * then runs the query anew. Reads that are still under way then are let go of.
 */
export class QueryRun<Context> {
  private underWay = 0;
  private isOver = false;
  private resolve: (isDone: boolean) => void = () => undefined;

  constructor(
    readonly context: Context,
    readonly variables: VariableValues,
  ) {}

  /** Calls `use` with what `promise` resolves to, before the run is done. */
  await(promise: PromiseLike<unknown>, use: (value: unknown) => void): void {
    this.underWay += 1;
    promise.then(
      (value) => {
        if (this.isOver) return;
        try {
          use(value);
        } catch {
          this.end(false);
          return;
        }
        this.underWay -= 1;
        if (this.underWay === 0) this.end(true);
      },
      () => this.end(false),
    );
  }

  /** Resolves when nothing is under way any more: true when all went well. Call it once, after the first fields were begun. */
  done(): Promise<boolean> {
    if (this.underWay === 0) this.isOver = true;
    return this.underWay === 0
      ? Promise.resolve(true)
      : new Promise((resolve) => {
          this.resolve = resolve;
        });
  }

  /** Lets go of what is under way. */
  end(isDone: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    this.resolve(isDone);
  }
}
