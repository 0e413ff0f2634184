import type { Workload, WorkloadRequest } from "./workloads/workload";

/** A server under measurement. What differs between targets is how one is started and how it is asked. */
export interface Target {
  readonly name: string;
  /** Module below bench/ that serves; it gets the environment of `serverEnvironment` and prints its base URL. */
  readonly entry: string;
  /** Added to that environment. */
  readonly environment?: Readonly<Record<string, string>>;
  pathOf(workload: Workload): string;
  bodyOf(workload: Workload, request: WorkloadRequest): string;
}

/** How every GraphQL server is asked. */
const GRAPHQL = {
  pathOf: () => "/graphql",
  bodyOf: ({ document }: Workload, { variables }: WorkloadRequest) => JSON.stringify({ query: document, variables }),
};

/** How a peer is asked: the same document, but its cursor is the id, since only Latchkey can read its own sealed ones. */
const BY_ID = {
  pathOf: () => "/graphql",
  bodyOf: ({ document }: Workload, { plain }: WorkloadRequest) => JSON.stringify({ query: document, variables: plain }),
};

/** The first is what all others are compared with. */
export const TARGETS = [
  {
    name: "floor: node:http, prepared SQL",
    entry: "servers/floor.ts",
    pathOf: ({ name }: Workload) => `/${name}`,
    bodyOf: (_workload: Workload, { plain }: WorkloadRequest) => JSON.stringify(plain),
  },
  { name: "Mercurius + JIT, per-field auth, own SQL", entry: "servers/mercurius.ts", ...BY_ID },
  { name: "Apollo + @Authorized + TypeORM, as usual", entry: "servers/usual-way.ts", ...BY_ID },
  { name: "Latchkey, decision switched off", entry: "servers/latchkey-undecided.ts", ...GRAPHQL },
  { name: "Latchkey, epoch never read again", entry: "servers/latchkey-stale.ts", ...GRAPHQL },
  {
    name: "Latchkey, fast path switched off",
    entry: "servers/latchkey.ts",
    environment: { LATCHKEY_FAST_PATH: "off" },
    ...GRAPHQL,
  },
  { name: "Latchkey", entry: "servers/latchkey.ts", ...GRAPHQL },
] as const satisfies readonly Target[];

export const [FLOOR, MERCURIUS, USUAL, UNDECIDED, STALE, ORDINARY, LATCHKEY] = TARGETS;
