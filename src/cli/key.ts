import { Command } from "commander";
import { readHead, stateOf } from "../audit/chain-head";
import type { RequestContext } from "../context";
import { parseToken, TOKEN_LENGTH } from "../kernel/token";
import { type Judgement, judgeToken } from "./key/judge-token";
import { type ScanTally, scanPaths, type TokenInFile } from "./key/scan-files";
import { withDatabase } from "./run-command";

/** `latchkey key scan`: which tokens lie about in files, and which of them still open anything? */
export function keyCommand(): Command {
  const scan = new Command("scan")
    .description(
      "find API keys and other tokens in files and folders, and say which are live; nothing is sent anywhere",
    )
    .argument(
      "<path...>",
      "files, and folders with all below them; links in a folder are not followed, /proc and /sys not read",
    )
    .option("--no-database", "form and checksum alone: every token found counts as live")
    .addHelpText("after", HELP)
    .action((paths: string[], { database }: { database: boolean }) =>
      database
        ? withDatabase(({ operator }) => runOn(operator, paths), { mustExist: true })
        : run(paths, async () => UNKNOWN),
    );
  return new Command("key").description("API keys").addCommand(scan);
}

const HELP = `
Prints file:line:column of each token (the byte, in a binary file) with its public part only.
Exit code: 1 when a live one is found, 2 when something could not be read, 0 otherwise.
Keys whose value the caller supplied are plain GUIDs, of which there are many in any code: they cannot be found by their form.
Neither can tokens in compressed or encoded files.`;

const UNKNOWN: Judgement = { isLive: true, text: "may be live" };
const FOREIGN_SECRET =
  "LATCHKEY_SECRET is not the one that the service ran with (or the audit trail was tampered with, see `latchkey audit verify`): " +
  "tokens of this installation would not be recognised";
/** `lk_live_` and the public id. */
const PUBLIC_LENGTH = 20;

/** Says first what makes every answer doubtful: under another secret each token of this installation looks like a foreign one. */
async function runOn(operator: RequestContext, paths: readonly string[]): Promise<void> {
  const head = await readHead(operator.store.select);
  const isOurs = head !== null && stateOf(operator.pepper, head) === "SEALED";
  await run(paths, (token) => judgeToken(operator, token), isOurs ? [] : [FOREIGN_SECRET]);
}

async function run(
  paths: readonly string[],
  judge: (token: string) => Promise<Judgement>,
  problems: readonly string[] = [],
): Promise<void> {
  // Whoever reads no further, such as `head`, has seen enough; what was found still decides the exit code.
  process.stdout.on("error", () => undefined);
  const tally: ScanTally = { files: 0, problems: [...problems] };
  const count = { found: 0, live: 0 };
  for await (const found of scanPaths(paths, tally)) {
    const { isLive, text } = await judge(found.token);
    count.found += 1;
    if (isLive) count.live += 1;
    process.stdout.write(`${placeOf(found)}: ${found.token.slice(0, PUBLIC_LENGTH)}…: ${text}\n`);
  }
  const files = tally.files === 1 ? "1 file" : `${tally.files} files`;
  process.stdout.write(`${count.found} found in ${files}, ${count.live} live.\n`);
  for (const problem of tally.problems) process.stderr.write(`latchkey: ${printable(problem)}\n`);
  if (count.live > 0) process.exitCode = 1;
  else if (tally.problems.length > 0) process.exitCode = 2;
}

function placeOf({ path, line, column, offset, isBinary }: TokenInFile): string {
  return `${printable(path)}:${isBinary ? `byte ${offset}` : `${line}:${column}`}`;
}

/** A file's name must not write on the terminal what it likes, turn its text round, nor be a token itself. */
function printable(text: string): string {
  let shown = text;
  for (const { index } of text.matchAll(/(?=lk_\w{67})/g)) {
    if (parseToken(text.slice(index, index + TOKEN_LENGTH)) === null) continue;
    const [beginning, end] = [index + PUBLIC_LENGTH, index + TOKEN_LENGTH];
    shown = shown.slice(0, beginning) + "?".repeat(end - beginning) + shown.slice(end);
  }
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
