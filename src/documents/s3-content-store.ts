import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { _Object, S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { BucketConfig } from "../config";
import { newId } from "../kernel/id";
import type { ByteRange, ContentStore, StagedContent } from "./content-store";

const DIGEST = /^[0-9a-f]{64}$/;
/** Parts of a multipart upload, 5 MiB being the least that S3 takes; two at once bound what an upload holds in memory. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/**
 * Content in a bucket of any server that speaks S3's protocol: `<prefix>staged/<id>` while it arrives, then
 * `<prefix>sha256/<digest>`. S3 answers a write when it is durable, and reads see it from then on
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel).
 *
 * Credentials come from where the AWS SDK looks for them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a shared file, or the machine's
 * role. The SDK is loaded at the first use, so that an installation with a folder does not pay for it.
 */
export function createS3ContentStore({ bucket, prefix, region, endpoint }: BucketConfig): ContentStore {
  const settings: S3ClientConfig = {
    ...(region !== null && { region }),
    // Names of buckets as host names need DNS, which servers other than Amazon's seldom have.
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    // Others than Amazon do not all know the newer checksums; ours is the digest.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
  let opened: Promise<Bucket> | undefined;
  const open = (): Promise<Bucket> => {
    opened ??= openBucket(settings, bucket);
    return opened;
  };
  const staged = `${prefix}staged/`;
  const keyOf = (digest: string): string => {
    if (!DIGEST.test(digest)) throw new Error("not a digest");
    return `${prefix}sha256/${digest}`;
  };

  return {
    async stage(source) {
      const key = `${staged}${newId()}`;
      try {
        const { digest, size } = await receive(await open(), key, source);
        return stagedAt(await open(), key, keyOf(digest), digest, size);
      } catch (error) {
        source.destroy();
        throw error;
      }
    },
    async open(digest, range) {
      const key = keyOf(digest);
      return (await open()).read(key, range);
    },
    async delete(digest) {
      const key = keyOf(digest);
      await (await open()).remove(key);
    },
    async sweep(before) {
      const place = await open();
      let swept = await place.abortUploads(staged, before);
      for await (const { Key, LastModified } of place.list(staged)) {
        if (Key === undefined || LastModified === undefined || LastModified >= before) continue;
        await place.remove(Key);
        swept += 1;
      }
      return swept;
    },
    async ready() {
      const probe = await this.stage(Readable.from([Buffer.from("probe")]));
      await probe.discard();
    },
    async close() {
      (await opened)?.client.destroy();
    },
  };
}

/** The few operations on objects that a store is made of. */
type Bucket = Awaited<ReturnType<typeof openBucket>>;

async function openBucket(settings: S3ClientConfig, name: string) {
  const sdk = await import("@aws-sdk/client-s3");
  const { Upload } = await import("@aws-sdk/lib-storage");
  const client: S3Client = new sdk.S3Client(settings);
  const at = (key: string) => ({ Bucket: name, Key: key });
  return {
    client,
    /** Aborts the parts that are there already when `body` fails. */
    upload: (key: string, body: Readable) =>
      new Upload({
        client,
        params: { ...at(key), Body: body, ContentType: "application/octet-stream" },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      }).done(),
    /** Size in bytes; null when there is no such object. */
    sizeOf: (key: string): Promise<number | null> =>
      client.send(new sdk.HeadObjectCommand(at(key))).then(({ ContentLength }) => ContentLength ?? null, ignoreMissing),
    copy: (from: string, to: string) =>
      client.send(new sdk.CopyObjectCommand({ ...at(to), CopySource: `${name}/${from}` })),
    remove: (key: string) => client.send(new sdk.DeleteObjectCommand(at(key))),
    async read(key: string, range?: ByteRange): Promise<Readable | null> {
      const Range = range && `bytes=${range.first}-${range.last}`;
      const found = await client.send(new sdk.GetObjectCommand({ ...at(key), Range })).catch(ignoreMissing);
      const body = found?.Body as Readable | undefined;
      if (!body) return null;
      return range ? cut(body, found?.ContentRange, range) : body;
    },
    async *list(prefix: string): AsyncGenerator<_Object> {
      for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix })) {
        yield* page.Contents ?? [];
      }
    },
    /** Parts of uploads that a crash interrupted are objects of no list. */
    async abortUploads(prefix: string, before: Date): Promise<number> {
      const { Uploads = [] } = await client
        .send(new sdk.ListMultipartUploadsCommand({ Bucket: name, Prefix: prefix }))
        .catch(ignoreUnknownOperation);
      const old = Uploads.filter(({ Key, Initiated }) => Key?.startsWith(prefix) && Initiated && Initiated < before);
      for (const { Key, UploadId } of old) {
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: name, Key, UploadId }));
      }
      return old.length;
    },
  };
}

/** Sends all of `source` to `key`, counting and digesting on the way. */
async function receive(place: Bucket, key: string, source: Readable): Promise<{ digest: string; size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  let fault: unknown;
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of source as AsyncIterable<Uint8Array>) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
    } catch (error) {
      fault = error;
      throw error;
    }
  }
  // A source that fails before anything reads it would have nobody listening, which ends the process.
  source.on("error", () => undefined);
  // Taking back the parts that were sent may fail in its turn; what went wrong first is what counts, and `sweep` takes them later.
  await place.upload(key, Readable.from(counted())).catch((error: unknown) => Promise.reject(fault ?? error));
  return { digest: hash.digest("hex"), size };
}

/** Servers may answer more than the part that was asked for (RFC 9110, 14.2), and some do: `contentRange` says what this is. */
function cut(body: Readable, contentRange: string | undefined, { first, last }: ByteRange): Readable {
  const parts = /^bytes (\d+)-(\d+)\//.exec(contentRange ?? "");
  const from = Number(parts?.[1] ?? 0);
  if (from === first && Number(parts?.[2]) === last) return body;
  if (from > first) throw new Error(`the bucket answered ${contentRange} when bytes ${first}-${last} were asked for`);
  async function* part(): AsyncGenerator<Uint8Array> {
    let at = from;
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      const within = piece.subarray(Math.max(0, first - at), Math.max(0, last + 1 - at));
      at += piece.length;
      if (within.length > 0) yield within;
      if (at > last) return;
    }
    throw new Error(`the bucket's answer ended at byte ${at} when bytes ${first}-${last} were asked for`);
  }
  return Readable.from(part(), { objectMode: false });
}

function stagedAt(place: Bucket, key: string, kept: string, digest: string, size: number): StagedContent {
  return {
    digest,
    size,
    async keep() {
      // One of another size was damaged from outside, and is replaced.
      if ((await place.sizeOf(kept)) !== size) await place.copy(key, kept);
    },
    async discard() {
      await place.remove(key);
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** An object that is not there is 404 in every operation; a bucket that is not there is a fault. */
function ignoreMissing(error: unknown): null {
  if (statusOf(error) === 404 && (error as Error).name !== "NoSuchBucket") return null;
  throw error;
}

/** A server that does not list unfinished uploads (the protocol's smaller speakers) has to clean them up by a rule of its own. */
function ignoreUnknownOperation(error: unknown): { Uploads?: undefined } {
  const status = statusOf(error);
  if (status === 501 || status === 405 || (error as Error).name === "NotImplemented") return {};
  throw error;
}
