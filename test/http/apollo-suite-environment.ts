import type { Circus } from "@jest/types";
import { TestEnvironment } from "jest-environment-node";

/**
 * What Apollo's suite expects and Latchkey does otherwise on purpose, by the end of the test's full name. Each must go on failing:
 * one that begins to pass makes the run fail, so that this list stays true.
 */
const DEVIATIONS: readonly string[] = [
  // A type that is not JSON is 415 for all, before Apollo is asked; a form may not be posted by a foreign page whatever its headers.
  "CSRF prevention default",
  "throws an error if POST body is empty",
  "throws an error if invalid content-type",
  // JSON that cannot be parsed is 400 as the suite wants; its body is Latchkey's error, not the framework's text.
  "throws an error if POST JSON is malformed",
  // An answer without a header of its own is `Cache-Control: no-store`: what a key reads is for that key alone.
  "cache-control not set without any hints with if-cacheable",
  "cache-control runs when cache-control is disabled",
];

/** Runs tests as ever, and those of `DEVIATIONS` as tests that must fail; the suite itself has no way to leave one out. */
export default class ApolloSuiteEnvironment extends TestEnvironment {
  handleTestEvent(event: Circus.Event, state: Circus.State): void {
    if (event.name !== "run_start") return;
    const left = new Set(DEVIATIONS);
    markFailing(state.rootDescribeBlock, "", left);
    if (left.size > 0) throw new Error(`Apollo's suite has no longer: ${[...left].join("; ")}`);
  }
}

function markFailing(block: Circus.DescribeBlock, parents: string, left: Set<string>): void {
  for (const child of block.children) {
    const name = `${parents} ${child.name}`;
    if (child.type === "describeBlock") markFailing(child, name, left);
    else {
      const deviation = DEVIATIONS.find((end) => name.endsWith(` ${end}`));
      if (deviation === undefined) continue;
      child.failing = true;
      left.delete(deviation);
    }
  }
}
