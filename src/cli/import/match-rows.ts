import type { ImportTarget } from "./import-target";
import { targetNamed } from "./import-target";
import type { Scratch } from "./scratch";
import { hasKeyColumn, keyIn, type Staged, tableOf, valueIn } from "./staged-rows";

/** Between the parts of a key; no field takes control characters. */
const BETWEEN = "char(31)";

/** Fills the key of the rows of a file, for a target whose key is made of several fields. */
export function makeKeys(scratch: Scratch, target: ImportTarget): void {
  const rows = tableOf("staged", target);
  const [owner, ...rest] = target.key.map(valueIn);
  scratch.exec(
    `UPDATE ${rows} SET key = ${[owner, ...rest].join(` || ${BETWEEN} || `)}; CREATE INDEX ${rows}_match ON ${rows} (key)`,
  );
}

/**
 * Says which record each row is about, where the key is made of several fields: run it when all of `existing` is there.
 *
 * Where records can share a key, a row is about a record of that key in the same state or with the same content, the first about the
 * first; what is left is paired in order, records in a state that counts before the others, so that a row in another state moves a record on.
 */
export function matchRows(scratch: Scratch, staged: readonly Staged[]): void {
  for (const one of staged) {
    const { target } = one;
    if (!hasKeyColumn(target)) continue;
    const table = tableOf("existing", target);
    const [owner, ...rest] = target.key;
    const holder = targetNamed(owner.target as string);
    const ownerKey = `(SELECT o.${keyIn(holder)} FROM ${tableOf("existing", holder)} o WHERE o.id = ${table}.${valueIn(owner)})`;
    const parts = [ownerKey, ...rest.map(valueIn)];
    scratch.exec(`UPDATE ${table} SET key = ${parts.join(` || ${BETWEEN} || `)}`);
    if (target.isRepeatable) tellApart(scratch, one);
    scratch.exec(
      `CREATE UNIQUE INDEX ${table}_key ON ${table} (key); CREATE INDEX ${table}_owner ON ${table} (${valueIn(owner)})`,
    );
  }
}

/** Gives rows and records that share a key one of their own, the same to a row and the record that it is about. */
function tellApart(scratch: Scratch, { target, columns }: Staged): void {
  const only = target.resource.period?.only;
  const state = target.content?.digest ?? target.resource.fields.find(({ name }) => name === only?.field);
  const isGiven = columns.some(({ field }) => field === state);
  const value = state && isGiven ? valueIn(state) : "NULL";
  const counts = only && state ? `${valueIn(state)} IN (${only.values.map((text) => `'${text}'`).join(", ")})` : "1";
  const [here, there] = [tableOf("staged", target), tableOf("existing", target)];
  const shared = target.key.map(valueIn).join(` || ${BETWEEN} || `);
  const sameState = (order: string): string =>
    `base || ${BETWEEN} || ${value} || ${BETWEEN} || row_number() OVER (PARTITION BY base, ${value} ORDER BY ${order})`;
  const left = (order: string): string =>
    `base || ${BETWEEN} || row_number() OVER (PARTITION BY base ORDER BY ${order})`;
  const tables = ["match_here", "match_there", "left_here", "left_there"];
  scratch.exec(
    `${tables.map((name) => `DROP TABLE IF EXISTS ${name};`).join(" ")}
     CREATE TABLE match_here AS SELECT line AS ref, base, ${sameState("line")} AS own FROM (SELECT *, ${shared} AS base FROM ${here}) WHERE base IS NOT NULL;
     CREATE TABLE match_there AS SELECT id AS ref, base, ${counts} AS counts, ${sameState("id")} AS own FROM (SELECT *, key AS base FROM ${there});
     CREATE INDEX match_here_own ON match_here (own); CREATE INDEX match_there_own ON match_there (own);
     CREATE TABLE left_here AS SELECT ref, ${left("ref")} AS own FROM match_here h
       WHERE NOT EXISTS (SELECT 1 FROM match_there t WHERE t.own = h.own);
     CREATE TABLE left_there AS SELECT ref, ${left("counts DESC, ref")} AS own FROM match_there t
       WHERE NOT EXISTS (SELECT 1 FROM match_here h WHERE h.own = t.own);
     ${["here", "there"].map((side) => `CREATE UNIQUE INDEX left_${side}_ref ON left_${side} (ref); CREATE UNIQUE INDEX match_${side}_ref ON match_${side} (ref);`).join(" ")}
     UPDATE ${here} SET key = coalesce((SELECT own FROM left_here WHERE ref = line), (SELECT own FROM match_here WHERE ref = line));
     UPDATE ${there} SET key = coalesce((SELECT own FROM left_there WHERE ref = ${there}.id), (SELECT own FROM match_there WHERE ref = ${there}.id))`,
  );
}
