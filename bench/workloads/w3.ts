import type { Workload } from "./workload";

/** The least that can be asked by somebody who is known: what a request costs before it reads any record. */
export const W3: Workload = {
  name: "W3",
  about: "the smallest authenticated query",
  document: "query W3 { viewer { kind } }",
  requests: () => [{ variables: {}, plain: {} }],
};
