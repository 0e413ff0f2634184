import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

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
