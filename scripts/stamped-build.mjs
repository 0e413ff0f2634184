// What builds have in common: they run only when a source differs from what they were built from, and their result is swapped in
// whole: files of deleted sources do not stay behind, and a command that starts while another one builds does not load
// half-written files.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Every file below `folder` whose name `wanted` takes, as paths from `root`. */
export function filesBelow(root, folder, wanted) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter(wanted)
    .map((name) => join(folder, name));
}

/** A digest of the names and contents of `files`, paths from `root`. */
export function fingerprint(root, files) {
  const digest = createHash("sha256");
  for (const file of [...files].sort()) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return digest.digest("hex");
}

const stampOf = (folder) => join(folder, ".built-from");

/** Whether `folder` was built from what has this fingerprint. */
export function isBuiltFrom(folder, wanted) {
  return existsSync(stampOf(folder)) && readFileSync(stampOf(folder), "utf8") === wanted;
}

/**
 * Runs `make(next)`, which builds into a folder beside `folder` and as deep, so that source maps still point at the sources after
 * the swap, and returns an exit status. Puts the result in the place of `folder`, or leaves that as it was when the status is not 0, and, unless
 * `always`, when somebody else has built the same meanwhile: a server may be sending files from there.
 */
export function buildInto(folder, next, { wanted, always, make }) {
  try {
    const status = make(next);
    if (status !== 0) return status;
    if (isBuiltFrom(folder, wanted) && !always) return 0;
    writeFileSync(stampOf(next), wanted);
    swapIn(next, folder);
    return 0;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Puts `next` in the place of `folder`, however many others do the same at this moment. */
function swapIn(next, folder) {
  const old = `${next}-old`;
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(folder)) renameSync(folder, old);
      return renameSync(next, folder);
    } catch (error) {
      if (attempt === 20 || !["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}
