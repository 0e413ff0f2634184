import { Session } from "node:inspector/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import "./latchkey";

/** What the parent process may ask of this one, and what it gets. */
export type Question = "longest delay" | "begin profile" | "end profile";

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const inspector = new Session();
inspector.connect();

/** The product, told by its parent process to watch itself. */
const ANSWERS: Readonly<Record<Question, () => Promise<unknown>>> = {
  /** Milliseconds that the event loop stood still at most since this was last asked. */
  "longest delay": async () => {
    const longest = delay.max / 1e6;
    delay.reset();
    return longest;
  },
  "begin profile": async () => {
    await inspector.post("Profiler.enable");
    await inspector.post("Profiler.setSamplingInterval", { interval: 500 });
    await inspector.post("Profiler.start");
  },
  /** A CPU profile of V8's. */
  "end profile": async () => (await inspector.post("Profiler.stop")).profile,
};

process.on("message", (question: Question) => {
  void ANSWERS[question]().then((answer) => process.send?.({ answer: answer ?? null }));
});
