import type { FieldValue, ResourceField } from "../../resources/field";
import type { RecordRule } from "../../resources/record-rule";
import { fieldNamed } from "../../resources/resource";
import type { ImportTarget } from "./import-target";
import type { Scratch } from "./scratch";
import { addProblem, keyIn, refuseNoted, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/** Fields that the file has no column for but that rules about its columns compare with, so the database has to say them. */
export function fieldsOfRules({ target, columns }: Pick<Staged, "target" | "columns">): ResourceField[] {
  const given = new Set(columns.map(({ field }) => field));
  const fields = touchedRules({ target, columns }).flatMap((rule) => fieldsOf(target, rule));
  return [...new Set(fields)].filter((field) => !given.has(field));
}

/** Refuses rows after which their record would break a rule; what the file has no column for is as the database has it. */
export function refuseBrokenRules(scratch: Scratch, staged: readonly Staged[]): void {
  for (const one of staged) {
    if (one.file === null) continue;
    for (const rule of touchedRules(one)) refuseBroken(scratch, one, rule);
    refuseNoted(scratch, one.target, Verdict.BAD_BY_OTHERS);
  }
}

function refuseBroken(scratch: Scratch, { target, columns }: Staged, rule: RecordRule): void {
  const fields = fieldsOf(target, rule);
  const isGiven = (field: ResourceField): boolean => columns.some((column) => column.field === field);
  const values = fields.map((field, at) => `${isGiven(field) ? "s" : "e"}.${valueIn(field)} AS value${at}`);
  const key = keyIn(target);
  const rows = scratch.each<{ line: number } & Record<string, FieldValue>>(
    `SELECT s.line, ${values.join(", ")} FROM ${tableOf("staged", target)} s
     LEFT JOIN ${tableOf("existing", target)} e ON e.${key} = s.${key} ORDER BY s.line`,
  );
  const headers = fields.map((field) => target.columns.find((column) => column.field === field)?.header ?? field.name);
  const at = target.columns.findIndex(({ field }) => field === fields[0]);
  const origin = fields[0] && isGiven(fields[0]) ? "" : "; this is the value that the database has";
  for (const row of rows) {
    const broken = rule.check(fields.map((_, place) => row[`value${place}`] ?? null));
    if (broken === null) continue;
    const value = String(row["value0"] ?? "");
    const problem = { line: row.line, at, column: headers[0] ?? null, value, reason: broken(headers) + origin };
    addProblem(scratch, target, Verdict.BAD_BY_OTHERS, problem);
  }
}

function touchedRules({ target, columns }: Pick<Staged, "target" | "columns">): RecordRule[] {
  return target.resource.rules.filter((rule) =>
    fieldsOf(target, rule).some((field) => columns.some((column) => column.field === field)),
  );
}

function fieldsOf({ resource }: ImportTarget, rule: RecordRule): ResourceField[] {
  return rule.fields.flatMap((name) => fieldNamed(resource, name) ?? []);
}
