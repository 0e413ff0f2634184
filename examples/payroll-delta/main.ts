/**
 * The payroll export: prints as CSV what changed in people's pay since the last run, and remembers what it printed in STATE_FILE.
 *
 * The key needs READ on employee (employeeNumber, firstName, lastName, hireDate, terminationDate, salary). The state is replaced only
 * when everything was read, so a run that was refused half-way is repeated whole.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { PayDocument } from "../generated/operations";
import { everyRecord, print, readAccess } from "../latchkey-client";
import { type PayRecords, payDelta } from "./pay-delta";

function readState(path: string): PayRecords {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PayRecords;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

async function main(): Promise<void> {
  const stateFile = process.env.STATE_FILE;
  if (!stateFile) throw new Error("STATE_FILE is not set: name the file that remembers the last export");
  const before = readState(stateFile);
  const now: Record<string, PayRecords[string]> = {};
  for await (const { id, ...pay } of everyRecord(readAccess(process.env), PayDocument, {}, (data) => data.employees)) {
    now[id] = pay;
  }
  // Remembered only once it is out: what a reader that went away has missed is exported again by the next run.
  await print(stringify([...payDelta(before, now)], { header: true, columns: COLUMNS }));
  const written = `${stateFile}.new`;
  // Salaries lie in it: for the one who runs the export alone.
  writeFileSync(written, JSON.stringify(now), { mode: 0o600 });
  renameSync(written, stateFile);
}

const COLUMNS = ["change", "employeeNumber", "firstName", "lastName", "hireDate", "terminationDate", "salary"];

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
