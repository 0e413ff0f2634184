import { ApiKey } from "../../src/api-keys/api-key.entity";
import { verifyChain } from "../../src/audit/verify-chain";
import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { OWNER, startLatchkey, type TestLatchkey } from "../support/latchkey";

const names = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const REVOKE_ALL = 'mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }';
const ROTATE = "mutation ($id: ID!) { rotateApiKey(id: $id, graceSeconds: 60) { token } }";
const GENERATE = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id } } }";

type Generated = { readonly generateApiKey: { readonly token: string; readonly apiKey: { readonly id: string } } };
type Revoked = { readonly revokeAllApiKeys: { readonly count: number } };

let latchkey: TestLatchkey;
/** Another instance on the same database, as behind a load balancer. */
let second: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeEach(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterEach(async () => {
  await second?.stop();
  await latchkey?.stop();
});

const generate = (on: TestLatchkey) =>
  on.data<Generated>(GENERATE, {
    token: developer.token,
    variables: { input: { name: unique("Key"), grants: [names] } },
  });
const revokeAll = (on: TestLatchkey) => on.data<Revoked>(REVOKE_ALL, { token: latchkey.ownerToken });
const statusOf = async (token: string, on: TestLatchkey) => (await on.query("{ viewer { kind } }", { token })).status;

describe("revoking all keys while keys are being generated (K14)", () => {
  it("ends every key that was there and none that comes after, and counts exactly those", async () => {
    await Promise.all([generate(latchkey), generate(second)]);
    const made = Array.from({ length: 20 }, (_, at) => generate(at % 2 === 0 ? latchkey : second));
    const [first, again, ...generated] = await Promise.all([revokeAll(latchkey), revokeAll(second), ...made]);
    const count = first.revokeAllApiKeys.count + again.revokeAllApiKeys.count;

    const keys = await latchkey.store.select<{ id: string; revokedAt: unknown }>(
      "SELECT id, revokedAt FROM api_key",
      [],
    );
    const revoked = new Set(keys.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id));
    expect(keys).toHaveLength(22);
    expect(revoked.size).toBe(count);
    for (const { generateApiKey } of generated) {
      const expected = revoked.has(generateApiKey.apiKey.id) ? 401 : 200;
      expect(await statusOf(generateApiKey.token, latchkey)).toBe(expected);
      expect(await statusOf(generateApiKey.token, second)).toBe(expected);
    }
    expect(await admin.audited("apiKey.revokeAll")).toMatchObject([{ severity: "HIGH" }, { severity: "HIGH" }]);
  });

  it("is told on each key's own trail, by whom, in one chain, however many they are", async () => {
    const [one, two] = [await generate(latchkey), await generate(second)].map(
      ({ generateApiKey }) => generateApiKey.apiKey,
    );
    const ended = await generate(latchkey);
    const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }";
    await latchkey.data(REVOKE, { token: developer.token, variables: ended.generateApiKey.apiKey });
    // Straight into the table, so that there are more than one statement takes.
    await latchkey.store.transaction(async (tx) => {
      const like = await tx.findOneByOrFail(ApiKey, { id: one?.id });
      const more = Array.from({ length: 600 }, (_, at) => ({
        ...like,
        id: `many${String(at).padStart(8, "0")}`,
        nameKey: `k ${at}`,
      }));
      for (let at = 0; at < more.length; at += 100) await tx.insert(ApiKey, more.slice(at, at + 100));
    });
    expect((await revokeAll(latchkey)).revokeAllApiKeys.count).toBe(602);
    const TRAIL = "query ($id: ID!) { auditEvents(filter: { targetId: $id }) { nodes { action actorName after } } }";
    for (const key of [one, two]) {
      const { auditEvents } = await latchkey.data<{ auditEvents: { nodes: object[] } }>(TRAIL, {
        token: latchkey.ownerToken,
        variables: key,
      });
      expect(auditEvents.nodes).toMatchObject([
        { action: "apiKey.revoke", actorName: OWNER.email, after: { ownerId: developer.id, by: "revokeAllApiKeys" } },
        { action: "apiKey.generate" },
      ]);
    }
    expect(await admin.audited("apiKey.revoke", ended.generateApiKey.apiKey.id)).toHaveLength(1);
    expect(await admin.audited("apiKey.revoke")).toHaveLength(603);
    expect(await verifyChain(latchkey.store, latchkey.operator.pepper)).toMatchObject({ broken: null });
    expect((await revokeAll(latchkey)).revokeAllApiKeys.count).toBe(0);
    expect(await admin.audited("apiKey.revoke")).toHaveLength(603);
  });

  it("leaves the token of a rotation at the same moment dead, and sessions alone", async () => {
    const { generateApiKey } = await generate(latchkey);
    const { id } = generateApiKey.apiKey;
    const [{ revokeAllApiKeys }, rotated] = await Promise.all([
      revokeAll(second),
      latchkey.query<{ rotateApiKey: { token: string } }>(ROTATE, { token: developer.token, variables: { id } }),
    ]);
    expect(revokeAllApiKeys.count).toBe(1);
    for (const token of [generateApiKey.token, rotated.data?.rotateApiKey.token]) {
      if (token !== undefined) expect(await statusOf(token, second)).toBe(401);
    }
    expect(await statusOf(developer.token, latchkey)).toBe(200);
  });
});
