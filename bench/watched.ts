import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Dataset, serverEnvironment } from "./dataset";
import { cpuSeconds, type RunningServer, residentMiB } from "./process";
import type { Question } from "./servers/latchkey-watched";

/** The product in a process that watches itself. */
export interface WatchedServer extends RunningServer {
  ask<Answer>(question: Question): Promise<Answer>;
}

export async function startWatched(dataset: Dataset): Promise<WatchedServer> {
  const child = fork(join(__dirname, "servers/latchkey-watched.ts"), {
    execArgv: ["-r", join(__dirname, "../scripts/register.cjs")],
    env: serverEnvironment(dataset),
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const pid = child.pid as number;
  const [url] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line")) as [string];
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
