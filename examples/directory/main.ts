/**
 * The integrator: prints everybody's name, department and email, one a line, with tabs between.
 *
 * The key needs READ on employee (firstName, lastName, email, jobTitle, department) and on department (name).
 */
import { DirectoryDocument } from "../generated/operations";
import { everyRecord, print, readAccess } from "../latchkey-client";

async function main(): Promise<void> {
  const people = everyRecord(readAccess(process.env), DirectoryDocument, {}, ({ employees }) => employees);
  for await (const { firstName, lastName, email, jobTitle, department } of people) {
    const cells = [`${firstName ?? ""} ${lastName ?? ""}`.trim(), jobTitle, department?.name, email];
    await print(`${cells.map((cell) => cell ?? "").join("\t")}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
