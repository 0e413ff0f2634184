import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Dataset, serverEnvironment } from "./dataset";
import { spreadOf } from "./statistics";

const ROOT = join(__dirname, "..");
const STARTS = 5;

/**
 * From the start of the built product's process to its first answer, on the data set of the run. Built first, as `npm start` does;
 * no core of its own, since nothing else runs.
 */
export async function measureColdStart(dataset: Dataset): Promise<string> {
  execFileSync(process.execPath, ["scripts/build-if-needed.mjs"], { cwd: ROOT, stdio: "ignore" });
  const seconds: number[] = [];
  for (let start = 0; start < STARTS; start++) seconds.push(await startOnce(dataset));
  const { median, least, most } = spreadOf(seconds);
  return `Cold start to the first answer: ${median.toFixed(2)} s (${least.toFixed(2)} … ${most.toFixed(2)}), ${STARTS} times`;
}

async function startOnce(dataset: Dataset): Promise<number> {
  const began = process.hrtime.bigint();
  const child = spawn(process.execPath, ["dist/src/main.js"], {
    cwd: ROOT,
    env: serverEnvironment(dataset),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      const found = /http:\S+/.exec(String(data))?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`dist/src/main.js ended with code ${code}`)));
  });
  await (await fetch(`${url}/healthz`)).text();
  const took = Number(process.hrtime.bigint() - began) / 1e9;
  child.kill("SIGTERM");
  await exited;
  return took;
}
