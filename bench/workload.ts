/** Rows of one page. */
export const PAGE_SIZE = 50;

/** The fields that W1 reads, and the only ones that its key is granted. */
export const EMPLOYEE_FIELDS = ["firstName", "lastName", "email", "jobTitle", "department"] as const;
export const DEPARTMENT_FIELDS = ["name"] as const;

/** W1: a page of employees with their departments. Where it starts varies from request to request, by variable. */
export const W1 = `query W1($first: Int!, $after: String) {
  employees(first: $first, after: $after) {
    nodes { id firstName lastName email jobTitle department { id name } }
  }
}`;

/** One page of W1: Latchkey finds its beginning by cursor, the floor by the id that the cursor stands for. */
export interface Page {
  readonly cursor: string | null;
  readonly afterId: string | null;
}

/** A server under measurement. What differs between targets is how one is started and how a page is asked for. */
export interface Target {
  readonly name: string;
  /** Module below bench/ that serves; it gets the environment of `serverEnvironment` and prints its base URL. */
  readonly entry: string;
  readonly path: string;
  bodyOf(page: Page): string;
}

const askByCursor = ({ cursor }: Page): string =>
  JSON.stringify({ query: W1, variables: { first: PAGE_SIZE, after: cursor } });

/** The first is what all others are compared with. Peers of other makes are added here. */
export const TARGETS = [
  {
    name: "floor: node:http, prepared SQL",
    entry: "servers/floor.ts",
    path: "/",
    bodyOf: ({ afterId }: Page) => JSON.stringify({ first: PAGE_SIZE, after: afterId }),
  },
  {
    name: "Latchkey, decision switched off",
    entry: "servers/latchkey-undecided.ts",
    path: "/graphql",
    bodyOf: askByCursor,
  },
  { name: "Latchkey", entry: "servers/latchkey.ts", path: "/graphql", bodyOf: askByCursor },
] as const satisfies readonly Target[];

export const [FLOOR, UNDECIDED, LATCHKEY] = TARGETS;
