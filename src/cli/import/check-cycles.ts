import type { ImportColumn } from "./import-column";
import type { Scratch } from "./scratch";
import { addProblems, keyIn, Note, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

const LONGEST_SHOWN = 5;

/** The file's column that may not lead in a circle, e.g. an employee's manager; undefined when the file has none. */
export function acyclicColumn({ target, columns }: Pick<Staged, "target" | "columns">): ImportColumn | undefined {
  return columns.find(({ field }) => field.acyclic && field.target === target.resource.name);
}

/**
 * Builds each hierarchy as it will be, of the good rows and of what the database has above them, and notes the rows that lie on a
 * circle: real data have people who lead each other, and refusing them would keep a whole company out.
 *
 * Leaves `edge` (key → parent's key), `depth` (distance from the top) and `cut` for the plan: of each circle one member counts as
 * a top, and gets its parent when all records are there.
 */
export function noteCycles(scratch: Scratch, staged: readonly Staged[]): void {
  for (const one of staged) {
    const column = acyclicColumn(one);
    if (column) noteCyclesOf(scratch, one, column);
  }
}

function noteCyclesOf(scratch: Scratch, one: Staged, column: ImportColumn): void {
  const { target } = one;
  const [edge, depth, cut] = [tableOf("edge", target), tableOf("depth", target), tableOf("cut", target)];
  buildEdges(scratch, one, column);
  scratch.exec(
    `DROP TABLE IF EXISTS ${cut}; CREATE TABLE ${cut} (key TEXT PRIMARY KEY) WITHOUT ROWID;
     DROP TABLE IF EXISTS ${depth}; CREATE TABLE ${depth} (key TEXT PRIMARY KEY, depth INTEGER NOT NULL) WITHOUT ROWID`,
  );
  measureDepth(scratch, one, `SELECT key FROM ${edge} WHERE parent IS NULL OR parent NOT IN (SELECT key FROM ${edge})`);
  const adrift =
    scratch.count(`SELECT count(*) AS n FROM ${edge}`) - scratch.count(`SELECT count(*) AS n FROM ${depth}`);
  if (adrift === 0) return;
  markCircles(scratch, edge, depth);
  addProblems(
    scratch,
    target,
    column,
    Note.CIRCLE,
    `SELECT s.line, c.parent AS value, c.reason FROM circle c
     JOIN ${tableOf("staged", target)} s ON s.${keyIn(target)} = c.key AND s.bad = ${Verdict.GOOD}`,
  );
  scratch.exec(`INSERT INTO ${cut} SELECT key FROM circle WHERE isCut`);
  measureDepth(scratch, one, `SELECT key FROM ${cut}`);
}

/** Notes the distance from `tops`, which is SQL for keys, of everybody below them. */
function measureDepth(scratch: Scratch, { target }: Staged, tops: string): void {
  scratch.exec(
    `INSERT INTO ${tableOf("depth", target)} WITH RECURSIVE down (key, depth) AS (
       SELECT key, 0 FROM (${tops})
       UNION ALL SELECT e.key, down.depth + 1 FROM down JOIN ${tableOf("edge", target)} e ON e.parent = down.key
         WHERE e.key NOT IN (SELECT key FROM ${tableOf("cut", target)})
     ) SELECT key, depth FROM down`,
  );
}

/** A parent that is left out (see `noteLeftOut`) is nobody, or whoever the record has already. */
function buildEdges(scratch: Scratch, { target }: Staged, { field }: ImportColumn): void {
  const [edge, existing, rows] = [tableOf("edge", target), tableOf("existing", target), tableOf("staged", target)];
  const [key, parent] = [keyIn(target), valueIn(field)];
  scratch.exec(
    `DROP TABLE IF EXISTS ${edge};
     CREATE TABLE ${edge} (key TEXT PRIMARY KEY, parent TEXT) WITHOUT ROWID;
     INSERT OR IGNORE INTO ${edge}
       SELECT s.${key}, CASE WHEN s.${parent} IS NULL THEN NULL ELSE coalesce(there.${key}, here.${key}, kept.${key}) END
       FROM ${rows} s
         LEFT JOIN ${existing} there ON there.${key} = s.${parent}
         LEFT JOIN ${rows} here ON here.${key} = s.${parent} AND here.bad = ${Verdict.GOOD}
         LEFT JOIN ${existing} e ON e.${key} = s.${key} LEFT JOIN ${existing} kept ON kept.id = e.${parent}
       WHERE s.bad = ${Verdict.GOOD} AND s.${key} IS NOT NULL;
     INSERT OR IGNORE INTO ${edge}
       SELECT e.${key}, p.${key} FROM ${existing} e LEFT JOIN ${existing} p ON p.id = e.${parent};
     CREATE INDEX ${edge}_parent ON ${edge} (parent)`,
  );
}

/** Fills `circle` with the members of every circle, found by following parents from whatever no top leads to. */
function markCircles(scratch: Scratch, edge: string, depth: string): void {
  scratch.exec(
    `DROP TABLE IF EXISTS adrift; DROP TABLE IF EXISTS circle;
     CREATE TABLE adrift AS SELECT key, parent, 0 AS walk FROM ${edge} WHERE key NOT IN (SELECT key FROM ${depth});
     CREATE UNIQUE INDEX adrift_key ON adrift (key);
     CREATE TABLE circle (key TEXT PRIMARY KEY, parent TEXT, reason TEXT, isCut INTEGER) WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS walk_start (key TEXT); DELETE FROM walk_start;
     INSERT INTO walk_start SELECT key FROM adrift`,
  );
  let walk = 0;
  for (const { key } of scratch.each<{ key: string }>("SELECT key FROM walk_start")) {
    const closing = follow(scratch, key, ++walk);
    if (closing !== null) noteCircle(scratch, closing);
  }
}

interface Step {
  readonly parent: string;
  readonly walk: number;
}

/** Walks up until somebody who was met before; that is somebody on a new circle when it was on this very walk, else null. */
function follow(scratch: Scratch, from: string, walk: number): string | null {
  for (let at = from; ; ) {
    const [step] = scratch.rows<Step>("SELECT parent, walk FROM adrift WHERE key = ?", [at]);
    if (!step) return null;
    if (step.walk !== 0) return step.walk === walk ? at : null;
    scratch.run("UPDATE adrift SET walk = ? WHERE key = ?", [walk, at]);
    at = step.parent;
  }
}

function noteCircle(scratch: Scratch, first: string): void {
  const members: string[] = [];
  let at = first;
  do {
    if (members.length <= LONGEST_SHOWN) members.push(at);
    scratch.run("INSERT INTO circle SELECT key, parent, NULL, key = ?1 FROM adrift WHERE key = ?2", [first, at]);
    at = scratch.rows<Step>("SELECT parent, walk FROM adrift WHERE key = ?", [at])[0]?.parent ?? first;
  } while (at !== first);
  const way = members.length > LONGEST_SHOWN ? [...members.slice(0, LONGEST_SHOWN), "…"] : members;
  scratch.run("UPDATE circle SET reason = ? WHERE reason IS NULL", [
    `lies on a circle: ${[...way, first].join(" → ")}`,
  ]);
}
