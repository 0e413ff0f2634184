import "reflect-metadata";
import { type CoalescedRead, coalesceReads } from "../../src/store/coalesced-read";
import { replaceExport } from "./replace-export";

/**
 * The product without freshness: the epoch is read once and believed for ever, so that a revocation is never seen. What the others
 * take longer is the price of being right on the very next request.
 */
function readOnce<T>(read: () => Promise<T>): CoalescedRead<T> {
  const coalesced = coalesceReads(read);
  let known: Promise<T> | null = null;
  return Object.assign(
    () => {
      known ??= coalesced();
      return known;
    },
    { counts: coalesced.counts },
  );
}

replaceExport("../../src/store/coalesced-read", { coalesceReads: readOnce, gatherReads: readOnce });
require("./latchkey");
