import { readFileSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { ChainEnd } from "../audit/chain";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../audit/checkpoint";
import { rowsFrom } from "../audit/stored-row";
import { type Verification, verifyChain } from "../audit/verify-chain";
import type { RequestContext } from "../context";
import { CommandError, withDatabase } from "./run-command";

/** `latchkey audit verify` and `latchkey audit checkpoint`: is the audit trail what the service wrote? */
export function auditCommand(): Command {
  const verify = new Command("verify")
    .description("read the whole audit trail and name the first row that is not as it was written (exit code 1)")
    .option("--checkpoint <file>", "a checkpoint taken earlier: also sees that the newest rows were removed")
    .option(
      "--after <sequence>",
      "believe this row and those before it, e.g. after LATCHKEY_SECRET was replaced",
      integer,
    )
    .action((options: { checkpoint?: string; after?: number }) =>
      withDatabase(
        async ({ operator }) => {
          const checkpoint =
            options.checkpoint === undefined ? undefined : checkpointFrom(operator, options.checkpoint);
          const after = options.after === undefined ? undefined : await rowAt(operator, options.after);
          report(await verifyChain(operator.store, operator.pepper, { checkpoint, after }));
        },
        { mustExist: true },
      ),
    );
  const checkpoint = new Command("checkpoint")
    .description("verify the audit trail and write where it stands now; keep the file away from the database")
    .option("--out <file>", "file to write; standard output when left out")
    .option("--after <sequence>", "as in `audit verify`", integer)
    .action((options: { out?: string; after?: number }) =>
      withDatabase(
        async ({ operator }) => {
          const after = options.after === undefined ? undefined : await rowAt(operator, options.after);
          const found = await verifyChain(operator.store, operator.pepper, { after });
          if (found.broken !== null) report(found);
          else write(operator, found.end, options.out);
        },
        { mustExist: true },
      ),
    );
  return new Command("audit")
    .description("the audit trail: verification and checkpoints")
    .addCommand(verify)
    .addCommand(checkpoint);
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
