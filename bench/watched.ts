import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Dataset, serverEnvironment } from "./dataset";
import { cpuSeconds, endWithThis, firstLine, type RunningServer, residentMiB } from "./process";
import type { Question } from "./servers/latchkey-watched";

const ENTRY = "servers/latchkey-watched.ts";

/** The product in a process that watches itself. */
export interface WatchedServer extends RunningServer {
  ask<Answer>(question: Question): Promise<Answer>;
}

export async function startWatched(dataset: Dataset): Promise<WatchedServer> {
  const child = fork(join(__dirname, ENTRY), {
    execArgv: ["-r", join(__dirname, "../scripts/register.cjs")],
    env: serverEnvironment(dataset),
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  endWithThis(child);
  const pid = child.pid as number;
  const url = await firstLine(child, ENTRY);
  return {
    url,
    async ask<Answer>(question: Question) {
      const told = once(child, "message") as Promise<[{ answer: Answer }]>;
      child.send(question);
      return (await told)[0].answer;
    },
    residentMiB: () => residentMiB(pid),
    cpuSeconds: () => cpuSeconds(pid),
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
