import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { BucketConfig } from "../../src/config";
import { createS3ContentStore } from "../../src/documents/s3-content-store";
import { describeContentStore } from "./content-store.contract";

/** s3rver's only account; it checks signatures with it. */
const ACCOUNT = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };
const BUCKET = "latchkey-documents";
/** A process of its own, so that what it holds in memory is not taken for ours. Prints its port. */
const SERVER = `
  const S3rver = require("s3rver");
  const [directory, name] = process.argv.slice(1);
  const buckets = [{ name, configs: [] }];
  new S3rver({ address: "127.0.0.1", port: 0, silent: true, directory, configureBuckets: buckets })
    .run().then(({ port }) => process.stdout.write(String(port)));
`;

let folder: string;
let server: ChildProcess;
let location: BucketConfig;
let client: S3Client;
const environment = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, ACCOUNT);
  folder = await mkdtemp(join(tmpdir(), "latchkey-s3-"));
  server = spawn(process.execPath, ["-e", SERVER, folder, BUCKET], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(server.stdout as Readable, "data");
  const endpoint = `http://127.0.0.1:${port}`;
  location = { bucket: BUCKET, prefix: "hr/", region: "eu-central-1", endpoint };
  client = new S3Client({ region: "eu-central-1", endpoint, forcePathStyle: true });
});
afterAll(async () => {
  client?.destroy();
  server?.kill();
  await rm(folder, { recursive: true, force: true });
  process.env = environment;
});

/** Every key in the bucket. */
async function keys(): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key }) => Key as string);
}

/** Takes away every object. */
async function emptied(): Promise<void> {
  for (const Key of await keys()) await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
}

describeContentStore("a bucket of an S3-compatible server", async () => ({
  store: createS3ContentStore(location),
  stored: keys,
  dispose: emptied,
}));

describe("a bucket", () => {
  it("has objects under the prefix alone, named by their digest", async () => {
    const store = createS3ContentStore(location);
    const staged = await store.stage(Readable.from([Buffer.from("payslip")]));
    await staged.keep();
    await staged.discard();
    expect(await keys()).toEqual([`hr/sha256/${staged.digest}`]);
    await store.close();
    await emptied();
  });

  it("that does not exist is not ready, and reading from it is an error, not an absence", async () => {
    const store = createS3ContentStore({ ...location, bucket: "no-such-bucket" });
    await expect(store.ready()).rejects.toThrow(/bucket/i);
    await expect(store.open("0".repeat(64))).rejects.toThrow(/bucket/i);
    await store.close();
  });

  it("whose server does not know the credentials is not ready", async () => {
    process.env.AWS_ACCESS_KEY_ID = "STRANGER";
    const store = createS3ContentStore(location);
    await expect(store.ready()).rejects.toThrow(/access key/i);
    process.env.AWS_ACCESS_KEY_ID = ACCOUNT.AWS_ACCESS_KEY_ID;
    await store.close();
  });
});
