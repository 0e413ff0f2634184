import type { Readable } from "node:stream";
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { Clock } from "../kernel/clock";
import type { Store } from "../store/store";
import { isForeignKeyViolation } from "../store/violation";
import type { ByteRange, ContentStore, StagedContent } from "./content-store";
import { DocumentContent } from "./document-content.entity";

/** Longer than any upload or transaction takes: what is older and belongs to nothing was left by a crash. */
const ABANDONED_MS = 3_600_000;

/** The content of documents: what `ContentStore` holds, kept for as long as a document refers to it and no longer. */
export interface Contents {
  /** As `ContentStore.stage`, with the digest made known to `sweep` first. `discard` it at the end, whatever happens. */
  stage(source: Readable): Promise<StagedContent>;
  /**
   * Puts staged content in place for a document that the same transaction writes with this digest. From here to its end nobody deletes the
   * content: who wants to waits for the lock of its row, and then meets the foreign key.
   */
  keep(tx: EntityManager, staged: StagedContent): Promise<void>;
  /** As `ContentStore.open`. */
  open(digest: string, range?: ByteRange): Promise<Readable | null>;
  /** Takes content away unless a document refers to it. Call it after the transaction that may have left none, never inside. */
  release(digest: string): Promise<void>;
  /** Takes away what crashes left behind, staged or kept, and what could not be released when it should have been. */
  sweep(): Promise<void>;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Counts references in the database: one row per digest, whose lock puts uploads and deletions of the same content in turn. */
export function createContents(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Logger },
  place: ContentStore,
): Contents {
  /** An upsert, since that locks the row whether or not it was there. */
  const take = async (tx: EntityManager, digest: string): Promise<void> => {
    await tx.upsert(DocumentContent, { id: digest, takenAt: new Date(clock.now()) }, ["id"]);
  };

  const release = async (digest: string): Promise<void> => {
    try {
      await store.transaction(async (tx) => {
        const { affected } = await tx.delete(DocumentContent, { id: digest });
        // Under the lock of the row: whoever uploads the same content now, waits, and then puts it in place again.
        if (affected !== 0) await place.delete(digest);
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
    }
  };

  return {
    async stage(source) {
      const staged = await place.stage(source);
      try {
        // Committed before the content is put in place, so that a crash afterwards leaves a trace to sweep.
        await store.transaction((tx) => take(tx, staged.digest));
        return staged;
      } catch (error) {
        await staged.discard();
        throw error;
      }
    },
    async keep(tx, staged) {
      await take(tx, staged.digest);
      await staged.keep();
    },
    open: (digest, range) => place.open(digest, range),
    release,
    async sweep() {
      const before = new Date(clock.now() - ABANDONED_MS);
      const abandoned = await store.reader
        .createQueryBuilder(DocumentContent, "c")
        .select("c.id", "id")
        .where("c.takenAt < :before", { before })
        .andWhere("NOT EXISTS (SELECT 1 FROM document d WHERE d.digest = c.id)")
        .getRawMany<{ id: string }>();
      for (const { id } of abandoned) await release(id);
      const staged = await place.sweep(new Date(Date.now() - ABANDONED_MS));
      if (abandoned.length + staged > 0) {
        log.info({ kept: abandoned.length, staged }, "content that belongs to no document was removed");
      }
    },
    ready: () => place.ready(),
    close: () => place.close(),
  };
}
