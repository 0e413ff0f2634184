import { type Administration, administer, PASSWORD, unique } from "../support/administration";
import { OWNER, startLatchkey, type TestLatchkey } from "../support/latchkey";

const TOKEN = "a-token-that-only-prometheus-has-0123456789";
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey({ metricsToken: TOKEN });
  admin = administer(latchkey);
});
afterAll(() => latchkey?.stop());

async function scrape(): Promise<string> {
  const response = await fetch(`${latchkey.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** Value of a sample as it is written, e.g. `latchkey_requests_total{code="OK"}`; NaN when it is not there. */
function valueIn(text: string, sample: string): number {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1) ?? Number.NaN);
}

/** By how much samples grow while `work` runs. */
async function growth(samples: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
  const before = await scrape();
  await work();
  const after = await scrape();
  return samples.map((sample) => valueIn(after, sample) - valueIn(before, sample));
}

const code = (value: string): string => `latchkey_requests_total{code="${value}"}`;
const decision = (value: string): string => `latchkey_decisions_total{decision="${value}"}`;
const duration = (kind: string): string => `latchkey_operation_duration_seconds_count{kind="${kind}"}`;

describe("metrics", () => {
  it("are read with METRICS_TOKEN and by nobody else, an owner's session and an API key included", async () => {
    const key = await admin.key(latchkey.ownerToken, { grants: [NAMES] });
    const others = [
      undefined,
      "Bearer",
      TOKEN,
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN.slice(1)}`,
    ].concat(`Bearer ${latchkey.ownerToken}`, `Bearer ${key.token}`);
    for (const authorization of others) {
      const response = await fetch(`${latchkey.url}/metrics`, { headers: authorization ? { authorization } : {} });
      const text = await response.text();
      expect([authorization, response.status]).toEqual([authorization, 401]);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
      expect(text).not.toMatch(/latchkey_|process_/);
    }
    const byQuery = await fetch(`${latchkey.url}/metrics?token=${TOKEN}`);
    expect(byQuery.status).toBe(401);
  });

  it("open nothing else: the token is no credential of the API", async () => {
    expect(await latchkey.query("{ viewer { kind } }", { token: TOKEN })).toMatchObject({ status: 401 });
  });

  it("do not exist where no token is set", async () => {
    const without = await startLatchkey();
    for (const authorization of ["Bearer ", "Bearer null", `Bearer ${TOKEN}`, `Bearer ${without.ownerToken}`]) {
      const response = await fetch(`${without.url}/metrics`, { headers: { authorization } });
      expect(response.status).toBe(404);
    }
    await without.stop();
  });

  it("count each request once, by the code of its answer, its kind and its decision, on either way", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [NAMES] });
    const allowed = "query Allowed { employees(first: 1) { nodes { firstName } } }";
    const denied = "query Denied { employees(first: 1) { nodes { salary } } }";
    const ask = (query: string, times: number) => async () => {
      for (let time = 0; time < times; time++) await latchkey.query(query, { token });
    };
    const samples = [
      code("OK"),
      code("FORBIDDEN_FIELD"),
      decision("allowed"),
      decision("denied"),
      duration("query"),
      duration("mutation"),
    ];
    expect(await growth(samples, ask(allowed, 7))).toEqual([7, 0, 7, 0, 7, 0]);
    expect(await growth(samples, ask(denied, 7))).toEqual([0, 7, 0, 7, 7, 0]);
    const refused = 'mutation { deleteEmployee(id: "1") { id } }';
    expect(await growth(samples, ask(refused, 2))).toEqual([0, 2, 0, 2, 0, 2]);
  });

  it("count what is refused before it is an operation, without a time or a decision", async () => {
    const samples = [code("UNAUTHENTICATED"), code("BAD_USER_INPUT"), decision("denied"), duration("query")];
    const post = (body: string, headers: Record<string, string>) =>
      fetch(`${latchkey.url}/graphql`, { method: "POST", body, headers });
    const json = { "content-type": "application/json" };
    expect(
      await growth(samples, async () => {
        await latchkey.query("{ viewer { kind } }", { token: "junk" });
        await latchkey.query("{ viewer { kind } }", { token: `lk_live_${"0".repeat(61)}` });
        await post("{", json);
        await post("{}", json);
        await post("x", { "content-type": "text/plain" });
        await fetch(`${latchkey.url}/nothing-here`);
      }),
    ).toEqual([2, 3, 0, 0]);
    expect(await growth(samples, () => latchkey.query("{ nonsense"))).toEqual([0, 1, 0, 0]);
  });

  it("tell which way answered: a query is known when it comes the third time, a mutation never", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [NAMES] });
    const samples = ["fast", "ordinary"].map((way) => `latchkey_answers_total{way="${way}"}`);
    const ask = (query: string, times: number) => async () => {
      for (let time = 0; time < times; time++) await latchkey.query(query, { token });
    };
    expect(await growth(samples, ask("query Ways { employees(first: 1) { nodes { firstName } } }", 5))).toEqual([3, 2]);
    expect(await growth(samples, ask("query Never { employees(first: 1) { nodes { salary } } }", 5))).toEqual([3, 2]);
    expect(await growth(samples, ask('mutation { deleteEmployee(id: "1") { id } }', 4))).toEqual([0, 4]);
  });

  it("tell how many requests share a read of the epoch, and what the caches do", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [NAMES] });
    const query = "query Known { employees(first: 1) { nodes { firstName } } }";
    await latchkey.query(query, { token });
    const [reads, served, hits, misses] = await growth(
      [
        "latchkey_epoch_reads_total",
        "latchkey_epoch_reads_served_total",
        'latchkey_cache_hits_total{cache="keys"}',
        'latchkey_cache_misses_total{cache="keys"}',
      ],
      () => Promise.all(Array.from({ length: 20 }, () => latchkey.query(query, { token }))),
    );
    expect(served).toBe(20);
    expect(reads).toBeGreaterThanOrEqual(1);
    expect(reads).toBeLessThanOrEqual(20);
    expect([hits, misses]).toEqual([20, 0]);
    const text = await scrape();
    for (const cache of ["keys", "sessions", "documents", "visible_schemas"]) {
      for (const name of ["entries", "hits_total", "misses_total", "evictions_total"]) {
        expect(valueIn(text, `latchkey_cache_${name}{cache="${cache}"}`)).toBeGreaterThanOrEqual(0);
      }
    }
    expect(valueIn(text, 'latchkey_cache_entries{cache="keys"}')).toBeGreaterThanOrEqual(1);
    for (const name of ["latchkey_usage_waiting", "latchkey_passwords_waiting", "process_resident_memory_bytes"]) {
      expect(valueIn(text, name)).toBeGreaterThanOrEqual(0);
    }
  });

  it("count refusals by rate limits, by rule", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [NAMES], callsPerMinute: 2 });
    const samples = ['latchkey_rate_limited_total{rule="calls"}', code("RATE_LIMITED")];
    const calls = async () => {
      for (let call = 0; call < 5; call++) await latchkey.query("{ viewer { kind } }", { token });
    };
    expect(await growth(samples, calls)).toEqual([3, 3]);
  });

  it("hold the same samples whatever clients send: no operation name, address, key, person or secret becomes one", async () => {
    const samplesOf = (text: string): string[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith("latchkey_"))
        .map((line) => line.slice(0, line.lastIndexOf(" ")));
    const before = samplesOf(await scrape());
    const person = await admin.person({ roles: ["Developer"] });
    const key = await admin.key(person.token, { name: unique("Payroll"), grants: [NAMES] });
    for (let at = 0; at < 30; at++) {
      await latchkey.query(`query Op${at} { a${at}: viewer { kind } }`, {
        token: at % 2 ? key.token : person.token,
        headers: { "apollographql-client-name": `client-${at}`, "user-agent": `agent-${at}` },
      });
      await latchkey.query(`{ unknown${at} }`, { token: `lk_live_${at}` });
    }
    await latchkey.query("mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { sessionToken } }", {
      variables: { e: person.email, p: PASSWORD },
    });
    const text = await scrape();
    expect(samplesOf(text)).toEqual(before);
    for (const secret of [
      TOKEN,
      key.token,
      key.id,
      person.token,
      person.id,
      person.email,
      OWNER.email,
      "Payroll",
      "Op1",
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/lk_(live|sess)|@|127\.0\.0\.1|client-|agent-/);
  });
});
