import type { Transaction } from "../../context";
import type { Store } from "../../store/store";
import { acyclicColumn } from "./check-cycles";
import { tableIn } from "./load-existing";
import type { Part } from "./plan-changes";
import type { Scratch } from "./scratch";
import { keyIn, type Staged, tableOf, Verdict } from "./staged-rows";

/** The database has changed since the plan was made, so the plan must be made again. */
export class StalePlan extends Error {
  override readonly name = "StalePlan";
}

const IDS_PER_QUERY = 500;

/**
 * Locks what a part of the plan changes, and everybody above these records in an acyclic relation, and makes sure that they are
 * as they were when the plan was made, or as earlier parts left them. What is above must hold still because a change there could
 * close a circle through here that nobody would be told of; whatever else a plan rests on is kept by the database's own constraints.
 *
 * @throws StalePlan
 */
export async function requireUnchanged(
  store: Store,
  tx: Transaction,
  scratch: Scratch,
  staged: readonly Staged[],
  part: Part,
): Promise<void> {
  for (const one of staged) {
    if (one.file === null) continue;
    const { sql, parameters } = expectedRows(one, part);
    await requireVersions(store, tx, one, scratch.each<Expected>(sql, parameters));
    if (!acyclicColumn(one)) continue;
    const above = expectedAbove(one, part);
    await requireVersions(store, tx, one, scratch.each<Expected>(above.sql, above.parameters));
  }
}

/** A record and the version that it should have. */
export interface Expected {
  readonly id: string;
  readonly version: number;
}

interface ScratchQuery {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** Records that the part changes, without those that it creates itself. */
function expectedRows({ target }: Staged, { first, last }: Part): ScratchQuery {
  return {
    sql: `SELECT p.id, coalesce(p.version, 1) AS version FROM operation o JOIN ${tableOf("plan", target)} p ON p.line = o.line
      WHERE o.target = ?1 AND o.seq BETWEEN ?2 AND ?3 AND (o.kind = 'UPDATE' OR o.kind = 'LINK' AND EXISTS (
        SELECT 1 FROM operation c WHERE c.target = ?1 AND c.line = o.line AND c.kind = 'CREATE' AND c.seq < ?2))
      ORDER BY p.id`,
    parameters: [target.resource.name, first, last],
  };
}

/** Records above those that the part writes, as they are now: changed or made by an earlier part, or not touched at all. */
function expectedAbove({ target }: Staged, { first, last }: Part): ScratchQuery {
  const [edge, key] = [tableOf("edge", target), keyIn(target)];
  return {
    sql: `WITH RECURSIVE above (key) AS (
        SELECT e.parent FROM operation o JOIN ${tableOf("staged", target)} s ON s.line = o.line JOIN ${edge} e ON e.key = s.${key}
          WHERE o.target = ?1 AND o.seq BETWEEN ?2 AND ?3 AND e.parent IS NOT NULL
        UNION SELECT e.parent FROM above JOIN ${edge} e ON e.key = above.key WHERE e.parent IS NOT NULL
      )
      SELECT coalesce(x.id, s.id) AS id, coalesce(x.version + (o.seq IS NOT NULL), 1) AS version FROM above
        LEFT JOIN ${tableOf("existing", target)} x ON x.${key} = above.key
        LEFT JOIN ${tableOf("staged", target)} s ON s.${key} = above.key AND s.bad = ${Verdict.GOOD}
        LEFT JOIN operation o ON o.target = ?1 AND o.line = s.line AND o.kind <> 'LINK'
      WHERE o.seq IS NULL OR o.seq < ?2 ORDER BY 1`,
    parameters: [target.resource.name, first, last],
  };
}

async function requireVersions(
  store: Store,
  tx: Transaction,
  { target }: Staged,
  rows: Iterable<Expected>,
): Promise<void> {
  let expected = new Map<string, number>();
  const check = async (): Promise<void> => {
    if (expected.size === 0) return;
    const ids = [...expected.keys()];
    const lock = store.dialect === "mariadb" ? " FOR UPDATE" : "";
    const found = (await tx.query(
      `SELECT id, version FROM \`${tableIn(store, target)}\` WHERE id IN (${ids.map(() => "?").join(", ")})${lock}`,
      ids,
    )) as Expected[];
    const isAsExpected = found.length === ids.length && found.every(({ id, version }) => expected.get(id) === version);
    if (!isAsExpected) throw new StalePlan();
    expected = new Map();
  };
  for (const { id, version } of rows) {
    expected.set(id, version);
    if (expected.size === IDS_PER_QUERY) await check();
  }
  await check();
}
