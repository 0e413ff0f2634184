import { Session } from "node:inspector/promises";
import "./latchkey";

/** What the parent process may ask of this one, and what it gets. */
export type Question = "longest standstill" | "begin profile" | "end profile";

/** For how long the event loop stood still. */
export interface Standstill {
  readonly milliseconds: number;
  /** Processor time that the process used meanwhile, on all of its threads; where it is less, the process did not get a core. */
  readonly cpuMilliseconds: number;
}

/** How often the watch looks. */
const LOOK_MS = 1;

/** Watches the event loop; what stands still for less than a look is not seen. */
class Watch {
  private longest: Standstill = { milliseconds: 0, cpuMilliseconds: 0 };
  private last = performance.now();
  private cpu = process.cpuUsage();

  constructor() {
    setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** The longest standstill since this was last asked. */
  take(): Standstill {
    const { longest } = this;
    this.longest = { milliseconds: 0, cpuMilliseconds: 0 };
    return longest;
  }

  private look(): void {
    const now = performance.now();
    const cpu = process.cpuUsage();
    const milliseconds = now - this.last - LOOK_MS;
    if (milliseconds > this.longest.milliseconds) {
      const used = cpu.user + cpu.system - this.cpu.user - this.cpu.system;
      this.longest = { milliseconds, cpuMilliseconds: used / 1000 };
    }
    this.last = now;
    this.cpu = cpu;
  }
}

const watch = new Watch();
const inspector = new Session();
inspector.connect();

/** The product, told by its parent process to watch itself. */
const ANSWERS: Readonly<Record<Question, () => Promise<unknown>>> = {
  /** The longest since this was last asked. */
  "longest standstill": async () => watch.take(),
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
