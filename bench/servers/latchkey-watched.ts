import { monitorEventLoopDelay } from "node:perf_hooks";
import "./latchkey";

/** The product, told by its parent process to say for how long, at most, its event loop stood still since it was last asked. */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("message", () => {
  process.send?.(delay.max / 1e6);
  delay.reset();
});
