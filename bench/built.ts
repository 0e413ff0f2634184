import { type Asked, type Contender, measure, unpinned } from "./contender";
import { type Dataset, serverEnvironment } from "./dataset";
import { build, type RunningServer, SERVER_CORE, startBuilt } from "./process";
import { spreadOf } from "./statistics";
import { LATCHKEY } from "./targets";
import { W1 } from "./workloads/w1";
import type { Samples } from "./workloads/workload";

const STARTS = 5;
const LOAD_SECONDS = 10;

/**
 * The built product: seconds from the start of its process to its first answer, on the data set of the run (on no core of its own,
 * since nothing else runs), and its resident memory before and after a load of W1.
 */
export async function measureBuilt(dataset: Dataset, folder: string, samples: Samples): Promise<string> {
  build();
  const seconds: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const { took, server } = await startOnce(dataset, null);
    seconds.push(took);
    await server.stop();
  }
  const { median, least, most } = spreadOf(seconds);
  const { server } = await startOnce(dataset, unpinned === null ? SERVER_CORE : null);
  const idle = server.residentMiB();
  await measure({ target: LATCHKEY, server, dataset } satisfies Contender, folder, load(samples));
  const loaded = server.residentMiB();
  await server.stop();
  return (
    `Cold start to the first answer: ${median.toFixed(2)} s (${least.toFixed(2)} … ${most.toFixed(2)}), ${STARTS} times\n` +
    `Resident memory: ${idle.toFixed(0)} MiB idle, ${loaded.toFixed(0)} MiB after ${LOAD_SECONDS} s of W1`
  );
}

function load(samples: Samples): Asked {
  const bodies = W1.requests(samples).map((request) => LATCHKEY.bodyOf(W1, request));
  return { path: LATCHKEY.pathOf(), bodies, connections: 32, seconds: LOAD_SECONDS };
}

async function startOnce(dataset: Dataset, core: number | null): Promise<{ took: number; server: RunningServer }> {
  const began = process.hrtime.bigint();
  const server = await startBuilt(core, serverEnvironment(dataset));
  await (await fetch(`${server.url}/healthz`)).text();
  return { took: Number(process.hrtime.bigint() - began) / 1e9, server };
}
