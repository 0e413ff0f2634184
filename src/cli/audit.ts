import { readFileSync, statSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { ChainEnd } from "../audit/chain";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../audit/checkpoint";
import { rowsFrom } from "../audit/stored-row";
import { type Verification, verifyChain } from "../audit/verify-chain";
import type { RequestContext } from "../context";
import { CommandError, withDatabase } from "./run-command";

interface Options {
  readonly after?: number;
  readonly earlier?: number;
}

const EARLIER = "rows that were there when the database was upgraded to a version that chains them";
/** A database that is made for the purpose has a perfect trail. */
const EXISTING = { mustExist: true };

/** `latchkey audit verify` and `latchkey audit checkpoint`: is the audit trail what the service wrote? */
export function auditCommand(): Command {
  const verification = new Command("verify")
    .description("read the whole audit trail and name the first row that is not as it was written (exit code 1)")
    .option("--checkpoint <file>", "a checkpoint taken earlier: also sees that the newest rows were removed")
    .option(
      "--after <sequence>",
      "believe this row and those before it, e.g. after LATCHKEY_SECRET was replaced",
      integer,
    )
    .option("--earlier <rows>", EARLIER, integer)
    .action((options: Options & { checkpoint?: string }) =>
      withDatabase(async ({ operator }) => report(await verify(operator, options, options.checkpoint)), EXISTING),
    );
  const checkpoint = new Command("checkpoint")
    .description("verify the audit trail and write where it stands now; keep the file away from the database")
    .option(
      "--out <file>",
      "file to write, standard output when left out; a checkpoint that is there is compared with first",
    )
    .option("--after <sequence>", "as in `audit verify`", integer)
    .option("--earlier <rows>", EARLIER, integer)
    .action((options: Options & { out?: string }) =>
      withDatabase(async ({ operator }) => {
        const { out } = options;
        const found = await verify(operator, options, out !== undefined && hasContent(out) ? out : undefined);
        if (found.broken !== null) report(found);
        else write(operator, found.end, out);
      }, EXISTING),
    );
  return new Command("audit")
    .description("the audit trail: verification and checkpoints")
    .addCommand(verification)
    .addCommand(checkpoint);
}

async function verify(operator: RequestContext, options: Options, file: string | undefined): Promise<Verification> {
  const checkpoint = file === undefined ? undefined : checkpointFrom(operator, file);
  const after = options.after === undefined ? undefined : await rowAt(operator, options.after);
  return verifyChain(operator.store, operator.pepper, { checkpoint, after, earlierRows: options.earlier });
}

/** Who has put rows and head back to an earlier state must not have the evidence overwritten by the next checkpoint. */
function hasContent(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && found.size > 0;
  } catch {
    // What cannot be looked at cannot be written either, which says why.
    return false;
  }
}

function checkpointFrom({ pepper }: RequestContext, path: string): Checkpoint {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const checkpoint = readCheckpoint(pepper, text);
  if (checkpoint === null) {
    throw new CommandError(`${path} is no checkpoint that was written under this LATCHKEY_SECRET, or it was changed`);
  }
  return checkpoint;
}

async function rowAt({ store }: RequestContext, sequence: number): Promise<ChainEnd> {
  for await (const row of rowsFrom((sql, parameters) => store.select(sql, parameters), sequence)) {
    if (row.sequence === sequence) return row;
    break;
  }
  throw new CommandError(`the audit trail has no row ${sequence}`);
}

function write({ pepper, clock }: RequestContext, { sequence, hash }: ChainEnd, out: string | undefined): void {
  const at = new Date(clock.now()).toISOString();
  const text = writeCheckpoint(pepper, { sequence, hash, at, count: sequence });
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, text);
  } catch (error) {
    throw new CommandError(`${out} cannot be written: ${(error as Error).message}`);
  }
  process.stdout.write(`${out}: the audit trail stands at row ${sequence}\n`);
}

function report({ count, end, begun, broken }: Verification): void {
  if (broken !== null) {
    const id = broken.id === null ? "" : ` (id ${broken.id})`;
    process.stderr.write(
      `The audit trail was tampered with. First broken row: ${broken.sequence}${id}: ${broken.kind}: ${broken.reason}.\n` +
        `${count} rows before it are as they were written.\n`,
    );
    process.exitCode = 1;
    return;
  }
  process.stdout.write(
    `${count} rows are as they were written. The newest is row ${end.sequence}, hash ${end.hash}.\n`,
  );
  if (begun === null) return;
  const earlier = begun.earlierRows === 0 ? "" : `; the ${begun.earlierRows} rows before are covered as they were then`;
  process.stdout.write(`The chain begins at ${begun.at.slice(0, 19)} UTC${earlier}.\n`);
}

function integer(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("must be a number of a row");
  return Number(text);
}
