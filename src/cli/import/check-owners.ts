import type { Transaction } from "../../context";
import type { Store } from "../../store/store";
import { type Expected, StalePlan } from "./check-plan";
import { targetNamed } from "./import-target";
import { tableIn } from "./load-existing";
import type { Part } from "./plan-changes";
import type { Scratch } from "./scratch";
import { type Staged, tableOf, valueIn } from "./staged-rows";

const OWNERS_PER_QUERY = 500;

/**
 * Locks the owners of the records that a part writes, as whoever writes a period over the API does, and makes sure that they have
 * the records that the plan was made by and no other: one that was added meanwhile could overlap, or be what a row is about.
 *
 * @throws StalePlan
 */
export async function requireOwnersUnchanged(
  store: Store,
  tx: Transaction,
  scratch: Scratch,
  one: Staged,
  part: Part,
): Promise<void> {
  const { target } = one;
  const owner = target.key[0];
  const column = valueIn(owner);
  scratch.exec(`CREATE INDEX IF NOT EXISTS ${tableOf("plan", target)}_owner ON ${tableOf("plan", target)} (${column})`);
  const owners = scratch.each<{ id: string }>(
    `SELECT DISTINCT p.${column} AS id FROM operation o JOIN ${tableOf("plan", target)} p ON p.line = o.line
     WHERE o.target = ? AND o.seq BETWEEN ? AND ? ORDER BY 1`,
    [target.resource.name, part.first, part.last],
  );
  const check = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const list = ids.map(() => "?").join(", ");
    if (store.dialect === "mariadb") {
      const holders = tableIn(store, targetNamed(owner.target as string));
      await tx.query(`SELECT id FROM \`${holders}\` WHERE id IN (${list}) ORDER BY id FOR UPDATE`, [...ids]);
    }
    const sql = `SELECT id, version FROM \`${tableIn(store, target)}\` WHERE \`${owner.column}\` IN (${list})`;
    const found = (await tx.query(sql, [...ids])) as Expected[];
    const expected = new Map(expectedOf(scratch, one, part, ids).map(({ id, version }) => [id, version]));
    const isAsExpected =
      found.length === expected.size && found.every(({ id, version }) => expected.get(id) === version);
    if (!isAsExpected) throw new StalePlan();
  };
  let waiting: string[] = [];
  for (const { id } of owners) {
    waiting.push(id);
    if (waiting.length < OWNERS_PER_QUERY) continue;
    await check(waiting);
    waiting = [];
  }
  await check(waiting);
}

/** What these owners had when the plan was made, as earlier parts have changed it, and what earlier parts have added. */
function expectedOf(scratch: Scratch, { target }: Staged, part: Part, ids: readonly string[]): Expected[] {
  const [plan, owner, name] = [tableOf("plan", target), valueIn(target.key[0]), target.resource.name];
  const list = ids.map(() => "?").join(", ");
  return scratch.rows<Expected>(
    `SELECT x.id, x.version + (o.seq IS NOT NULL) AS version FROM ${tableOf("existing", target)} x
       LEFT JOIN ${plan} p ON p.id = x.id LEFT JOIN operation o ON o.target = ? AND o.line = p.line AND o.seq < ?
       WHERE x.${owner} IN (${list})
     UNION ALL SELECT p.id, 1 FROM ${plan} p JOIN operation o ON o.target = ? AND o.line = p.line AND o.seq < ?
       WHERE p.version IS NULL AND p.${owner} IN (${list})`,
    [name, part.first, ...ids, name, part.first, ...ids],
  );
}
