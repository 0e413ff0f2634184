import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(__dirname, "..");
const REGISTER = join(ROOT, "scripts/register.cjs");
const BUILT = "dist/src/main.js";
const LONGEST_START_MS = 30_000;

/** Cores that server and load are pinned to, so that neither takes time from the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Why processes cannot be kept apart on this machine, in words for the reader of the figures; null when they can. */
export function whyNotPinned(): string | null {
  if (availableParallelism() < 2) return "there is one core only: server and load take time from each other";
  try {
    execFileSync("taskset", ["-c", `${SERVER_CORE},${LOAD_CORE}`, "true"], { stdio: "ignore" });
    return null;
  } catch {
    return "taskset is missing or refused: server and load may share a core";
  }
}

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Has a process end with this one at the latest, whatever ends this one (SIGKILL aside). */
export function endWithThis(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** A server that listens in a process of its own. */
export interface RunningServer {
  readonly url: string;
  /** Resident memory now, in MiB; NaN where /proc does not tell. */
  residentMiB(): number;
  /** Processor time that it has used, in seconds, to a hundredth; NaN where /proc does not tell. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts a module below bench/ on one core (null: anywhere) and waits for the base URL that it prints. */
export async function startServer(
  entry: string,
  core: number | null,
  environment: NodeJS.ProcessEnv,
): Promise<RunningServer> {
  return running(spawnPinned(["-r", REGISTER, join(__dirname, entry)], core, environment), entry);
}

/** Starts the product as `npm start` does, built beforehand, so that its memory is its own and not the compiler's. */
export async function startBuilt(core: number | null, environment: NodeJS.ProcessEnv): Promise<RunningServer> {
  return running(spawnPinned([join(ROOT, BUILT)], core, environment), BUILT);
}

/** Builds the product unless that is done. */
export function build(): void {
  execFileSync(process.execPath, ["scripts/build-if-needed.mjs"], { cwd: ROOT, stdio: "ignore" });
}

async function running(child: ChildProcess, entry: string): Promise<RunningServer> {
  const line = await firstLine(child, entry);
  const url = /http:\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`${entry} printed no address but: ${line}`);
  return {
    url,
    residentMiB: () => residentMiB(child.pid as number),
    cpuSeconds: () => cpuSeconds(child.pid as number),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Runs a module below bench/ to its end on one core and parses the one line of JSON that it prints. */
export async function runPinned<Result>(entry: string, parameters: string[], core: number | null): Promise<Result> {
  const child = spawnPinned(["-r", REGISTER, join(__dirname, entry), ...parameters], core, process.env);
  const exited = once(child, "exit");
  const line = await firstLine(child, entry);
  await exited;
  return JSON.parse(line) as Result;
}

function spawnPinned(parameters: string[], core: number | null, environment: NodeJS.ProcessEnv): ChildProcess {
  const node = [process.execPath, ...parameters];
  const [command, ...rest] = core === null ? node : ["taskset", "-c", String(core), ...node];
  return endWithThis(spawn(command as string, rest, { env: environment, stdio: ["ignore", "pipe", "inherit"] }));
}

/** The first line that a process prints; it is killed when it ends or stays silent instead. */
export async function firstLine(child: ChildProcess, entry: string): Promise<string> {
  if (child.stdout === null) throw new Error(`${entry} has no output to read`);
  const lines = createInterface({ input: child.stdout });
  const line = new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${entry} ended with code ${code} before it said anything`)));
    setTimeout(reject, LONGEST_START_MS, new Error(`${entry} said nothing for ${LONGEST_START_MS / 1000} s`)).unref();
  });
  return line.catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
}

/** Resident memory of a process in MiB; NaN where /proc does not tell. */
export function residentMiB(pid: number): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(path, "utf8"))?.[1] ?? Number.NaN) / 1024;
}

/** Processor time of a process in seconds, NaN where /proc does not tell: fields 14 and 15 of proc_pid_stat(5), user and system time in clock ticks, of which Linux counts 100 a second. */
export function cpuSeconds(pid: number): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return Number.NaN;
  const stat = readFileSync(path, "utf8");
  // The name in parentheses is the only field that may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
