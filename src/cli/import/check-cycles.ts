import type { ImportColumn } from "./import-target";
import type { Scratch } from "./scratch";
import { addProblems, CIRCLE, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/** How the reason of a row on a circle begins. */
export const CLOSES_CIRCLE = "closes a circle";

const LONGEST_SHOWN = 5;

/** The file's column that may not lead in a circle, e.g. an employee's manager; undefined when the file has none. */
export function acyclicColumn({ target, columns }: Pick<Staged, "target" | "columns">): ImportColumn | undefined {
  return columns.find(({ field }) => field.acyclic && field.target === target.resource.name);
}

/** What is done about circles. */
export interface CircleRules {
  /** Judge the files as they stand, bad rows included, for a report; otherwise what would be written. */
  readonly withBad: boolean;
  /** Refuse no row for a circle, but tell it. */
  readonly areAllowed: boolean;
}

/**
 * Builds each hierarchy as it will be, of the rows and of what the database has above them, and refuses the rows that lie on a
 * circle. Returns how many rows it refused.
 *
 * Leaves `edge` (key → parent's key), `depth` (distance from the top) and `cut` for the plan: of each circle that stays (allowed,
 * or in the database already) one member counts as a top, and gets its parent when all records are there.
 */
export function refuseCycles(scratch: Scratch, staged: readonly Staged[], rules: CircleRules): number {
  return staged.reduce((count, one) => {
    const column = acyclicColumn(one);
    return column ? count + refuseCyclesOf(scratch, one, column, rules) : count;
  }, 0);
}

function refuseCyclesOf(scratch: Scratch, one: Staged, column: ImportColumn, rules: CircleRules): number {
  const { target } = one;
  const [edge, depth, cut] = [tableOf("edge", target), tableOf("depth", target), tableOf("cut", target)];
  buildEdges(scratch, one, column, rules.withBad);
  scratch.exec(
    `DROP TABLE IF EXISTS ${cut}; CREATE TABLE ${cut} (key TEXT PRIMARY KEY) WITHOUT ROWID;
     DROP TABLE IF EXISTS ${depth}; CREATE TABLE ${depth} (key TEXT PRIMARY KEY, depth INTEGER NOT NULL) WITHOUT ROWID`,
  );
  measureDepth(scratch, one, `SELECT key FROM ${edge} WHERE parent IS NULL OR parent NOT IN (SELECT key FROM ${edge})`);
  const adrift =
    scratch.count(`SELECT count(*) AS n FROM ${edge}`) - scratch.count(`SELECT count(*) AS n FROM ${depth}`);
  if (adrift === 0) return 0;
  markCircles(scratch, edge, depth);
  const refused = addProblems(
    scratch,
    target,
    column,
    rules.areAllowed ? CIRCLE : Verdict.BAD_BY_OTHERS,
    `SELECT s.line, c.parent AS value, c.reason FROM circle c
     JOIN ${tableOf("staged", target)} s ON s.${valueIn(target.key)} = c.key AND s.bad <> ${Verdict.DUPLICATE}`,
  );
  if (refused > 0) return refused;
  scratch.exec(`INSERT INTO ${cut} SELECT key FROM circle WHERE isCut`);
  measureDepth(scratch, one, `SELECT key FROM ${cut}`);
  return 0;
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

function buildEdges(scratch: Scratch, { target }: Staged, { field }: ImportColumn, withBad: boolean): void {
  const [edge, existing] = [tableOf("edge", target), tableOf("existing", target)];
  const [key, parent] = [valueIn(target.key), valueIn(field)];
  const isIn = withBad ? `bad <> ${Verdict.DUPLICATE}` : `bad = ${Verdict.GOOD}`;
  scratch.exec(
    `DROP TABLE IF EXISTS ${edge};
     CREATE TABLE ${edge} (key TEXT PRIMARY KEY, parent TEXT) WITHOUT ROWID;
     INSERT OR IGNORE INTO ${edge}
       SELECT ${key}, nullif(${parent}, ${key}) FROM ${tableOf("staged", target)} WHERE ${isIn} AND ${key} IS NOT NULL;
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
    `${CLOSES_CIRCLE}: ${[...way, first].join(" → ")}`,
  ]);
}
