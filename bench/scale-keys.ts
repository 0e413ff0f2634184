import { pino } from "pino";
import { findKey } from "../src/api-keys/verify-key";
import { boot } from "../src/boot";
import { parseDatabaseUrl } from "../src/config";
import { systemClock } from "../src/kernel/clock";
import type { BenchDatabase } from "./database";
import { buildDataset, type Dataset } from "./dataset";
import { growKeys } from "./grow";
import { aligned, ratio } from "./report";
import { ratioOf, spreadOf } from "./statistics";

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const EMPLOYEES = 200;
const BATCHES = 15;
const LOOK_UPS = 400;

/**
 * What it takes to verify a key that is not in memory (secret, key, owner, roles, sets), among so many others: microseconds in this
 * process, without HTTP. One database grows, since sizes that are measured minutes apart drift less than databases differ.
 */
export async function measureKeys(database: BenchDatabase, folder: string): Promise<string> {
  const dataset = await buildDataset(await database.create("keys"), folder, EMPLOYEES);
  const taken: number[][] = [];
  for (const size of SIZES) {
    process.stderr.write(`scale: ${size.toLocaleString("en")} keys\n`);
    await growKeys(dataset.databaseUrl, size);
    taken.push(await lookUps(dataset));
  }
  const [base = []] = taken;
  const rows = SIZES.map((size, at) => {
    const micros = taken[at] as number[];
    return [
      `${size.toLocaleString("en")} keys`,
      spreadOf(micros).median.toFixed(0),
      ratio(ratioOf(micros, base), 2),
      (Math.min(...micros) / Math.min(...base)).toFixed(2),
    ];
  });
  return `Verification of a key that is not remembered\n\n${aligned([["", "µs", "×", "× by the least"], ...rows])}`;
}

/** Microseconds for one look-up, by batches over digests from all over the table. */
async function lookUps({ databaseUrl, secret, documentsDir }: Dataset): Promise<number[]> {
  const config = { database: parseDatabaseUrl(databaseUrl), secret, documentsDir };
  const { store, operator } = await boot(config, systemClock, pino({ level: "silent" }));
  try {
    const rows = await store.select<{ digest: string }>(
      "SELECT digest FROM api_key_secret WHERE digest >= ? ORDER BY digest LIMIT 20000",
      ["8"],
    );
    const step = Math.max(1, Math.floor(rows.length / LOOK_UPS));
    const digests = rows.filter((_row, at) => at % step === 0).slice(0, LOOK_UPS);
    const batch = async (): Promise<number> => {
      const began = process.hrtime.bigint();
      for (const { digest } of digests) {
        if ((await findKey(store.reader.manager, operator.index, digest)) === null) throw new Error("a key is gone");
      }
      return Number(process.hrtime.bigint() - began) / 1000 / digests.length;
    };
    await batch();
    const taken: number[] = [];
    for (let at = 0; at < BATCHES; at++) taken.push(await batch());
    return taken;
  } finally {
    await store.close();
  }
}
