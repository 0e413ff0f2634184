import { W1 } from "./workloads/w1";
import { W2 } from "./workloads/w2";
import { W3 } from "./workloads/w3";
import type { Workload } from "./workloads/workload";

/** Everything that is measured, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [W1, W2, W3];
