import { type Administration, administer, type TestPerson } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const POLICY = "apiKeyDefaultLifetimeDays apiKeyMaximumLifetimeDays apiKeysMayNeverExpire";
const READ = `{ settings { ${POLICY} version updatedAt } }`;
const CHANGE = `mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { ${POLICY} version updatedAt } }`;
const GENERATE =
  "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id expiresAt } } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { name expiresAt } }";
const DAY = 86_400_000;
const names = { resource: "employee", actions: ["READ"], fields: ["firstName"] };

type Made = {
  readonly generateApiKey: { readonly token: string; readonly apiKey: { id: string; expiresAt: string | null } };
};

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeEach(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterEach(() => latchkey?.stop());

const change = (input: object, token = latchkey.ownerToken) => latchkey.query(CHANGE, { token, variables: { input } });
let made = 0;
const generateReply = (input: object) => {
  made += 1;
  const variables = { input: { name: `Key ${made}`, grants: [names], ...input } };
  return latchkey.query<Made>(GENERATE, { token: developer.token, variables });
};
const generate = async (input: object) => {
  const { data, text } = await generateReply(input);
  if (!data) throw new Error(text);
  const { token, apiKey } = data.generateApiKey;
  return { token, ...apiKey };
};
const update = (id: string, input: object) =>
  latchkey.query<{ updateApiKey: { expiresAt: string | null } }>(UPDATE, {
    token: developer.token,
    variables: { id, input },
  });
const ahead = (days: number, more = 0) => new Date(latchkey.clock.now() + days * DAY + more).toISOString();
const daysFromNow = (instant: string | null) => (Date.parse(instant ?? "") - latchkey.clock.now()) / DAY;

describe("the account's settings", () => {
  it("let keys live for 90 days by default, 366 at most, and never for ever", async () => {
    expect(await admin.asOwner(READ)).toEqual({
      settings: {
        apiKeyDefaultLifetimeDays: 90,
        apiKeyMaximumLifetimeDays: 366,
        apiKeysMayNeverExpire: false,
        version: 1,
        updatedAt: null,
      },
    });
  });

  it("are changed in part with MANAGE_SETTINGS, recorded with before and after, and move the epoch", async () => {
    const epoch = await latchkey.store.readEpoch();
    const { data } = await change({ apiKeyDefaultLifetimeDays: 30, apiKeysMayNeverExpire: true });
    expect(data).toEqual({
      updateSettings: {
        apiKeyDefaultLifetimeDays: 30,
        apiKeyMaximumLifetimeDays: 366,
        apiKeysMayNeverExpire: true,
        version: 2,
        updatedAt: expect.any(String),
      },
    });
    expect(await admin.asOwner(READ)).toEqual({ settings: data?.updateSettings });
    expect(await latchkey.store.readEpoch()).toBeGreaterThan(epoch);
    const [event] = await admin.audited("settings.update");
    expect(JSON.parse(event?.before as string)).toMatchObject({ apiKeyDefaultLifetimeDays: 90 });
    expect(JSON.parse(event?.after as string)).toEqual({
      apiKeyDefaultLifetimeDays: 30,
      apiKeyMaximumLifetimeDays: 366,
      apiKeysMayNeverExpire: true,
    });
  });

  it.each([
    ["apiKeyDefaultLifetimeDays", { apiKeyDefaultLifetimeDays: 0 }],
    ["apiKeyDefaultLifetimeDays", { apiKeyDefaultLifetimeDays: 367 }],
    ["apiKeyDefaultLifetimeDays", { apiKeyDefaultLifetimeDays: 61, apiKeyMaximumLifetimeDays: 60 }],
    ["apiKeyMaximumLifetimeDays", { apiKeyMaximumLifetimeDays: 89 }],
    ["apiKeyMaximumLifetimeDays", { apiKeyMaximumLifetimeDays: -1 }],
    ["apiKeyMaximumLifetimeDays", { apiKeyMaximumLifetimeDays: 3_661 }],
  ])("are refused out of bounds, naming %s: %j", async (field, input) => {
    await admin.refused(() => change(input), "BAD_USER_INPUT", { field: `input.${field}` });
  });

  it("are not changed by who has seen an older version", async () => {
    await change({ apiKeyDefaultLifetimeDays: 60, version: 1 });
    const details = { field: "input.version", version: 2 };
    const reply = await admin.refused(() => change({ apiKeyDefaultLifetimeDays: 70, version: 1 }), "CONFLICT", details);
    expect(reply.errors?.[0]?.message).toBe(
      "Version 1 of this account's settings was replaced by version 2: read it again.",
    );
  });

  it("are not for who lacks MANAGE_SETTINGS; the key policy is for who makes keys, and nothing for a key", async () => {
    await admin.refused(() => change({ apiKeysMayNeverExpire: true }, developer.token), "FORBIDDEN", {
      authorities: ["MANAGE_SETTINGS"],
    });
    const policy = await latchkey.query(`{ settings { ${POLICY} } }`, { token: developer.token });
    expect(policy.data).toMatchObject({ settings: { apiKeyDefaultLifetimeDays: 90 } });
    expect(await latchkey.query(READ, { token: developer.token })).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: "FORBIDDEN", authorities: ["MANAGE_SETTINGS"] } }, {}],
    });
    const { token } = await generate({});
    const byKey = await latchkey.query(`{ settings { ${POLICY} } }`, { token });
    expect(byKey).toMatchObject({ status: 403, errors: [{ extensions: { code: "FORBIDDEN" } }, {}, {}, {}] });
    expect(byKey.data).toBeUndefined();
  });
});

describe("the expiry of a new key (K8)", () => {
  it("is the default lifetime away when none is given, or null", async () => {
    for (const input of [{}, { expiresAt: null }, { neverExpires: false }]) {
      expect(daysFromNow((await generate(input)).expiresAt)).toBeCloseTo(90, 2);
    }
    await change({ apiKeyDefaultLifetimeDays: 7 });
    expect(daysFromNow((await generate({})).expiresAt)).toBeCloseTo(7, 2);
  });

  it("is what was asked for, up to the maximum; beyond it is refused, naming the field and the limit", async () => {
    const expiresAt = ahead(366);
    expect(await generate({ expiresAt })).toMatchObject({ expiresAt });
    const reply = await admin.refused(() => generateReply({ expiresAt: ahead(366, 60_000) }), "BAD_USER_INPUT", {
      field: "input.expiresAt",
      maximumLifetimeDays: 366,
    });
    expect(reply.errors?.[0]?.message).toContain("366 days");
    await admin.refused(() => generateReply({ expiresAt: ahead(0, -1) }), "BAD_USER_INPUT", {
      field: "input.expiresAt",
    });
  });

  it("is never only where the settings allow it and it is asked for, without a date beside it", async () => {
    const field = "input.neverExpires";
    await admin.refused(() => generateReply({ neverExpires: true }), "BAD_USER_INPUT", { field });
    await change({ apiKeysMayNeverExpire: true });
    expect(await generate({ neverExpires: true })).toMatchObject({ expiresAt: null });
    const both = { neverExpires: true, expiresAt: ahead(1) };
    await admin.refused(() => generateReply(both), "BAD_USER_INPUT", { field });
    expect(daysFromNow((await generate({ expiresAt: null })).expiresAt)).toBeCloseTo(90, 2);
  });

  it("ends the key at that very instant; it stays listed, as expired, and lives again with a later one", async () => {
    const { id, token } = await generate({ expiresAt: ahead(0, 60_000) });
    const asKey = () => latchkey.query("{ viewer { kind } }", { token });
    expect((await asKey()).status).toBe(200);
    latchkey.clock.advance(60_000);
    expect(await asKey()).toMatchObject({ status: 401, errors: [{ message: "This API key has expired." }] });
    const listed = await latchkey.data("{ apiKeys(filter: { status: EXPIRED }) { nodes { id status } } }", {
      token: developer.token,
    });
    expect(listed).toEqual({ apiKeys: { nodes: [{ id, status: "EXPIRED" }] } });
    await update(id, { expiresAt: ahead(1) });
    expect((await asKey()).status).toBe(200);
  });
});

describe("the expiry of a key that is edited", () => {
  it("stays when it is not given, or given as it is, whatever the settings say by now", async () => {
    const expiresAt = ahead(300);
    const { id } = await generate({ expiresAt });
    await change({ apiKeyMaximumLifetimeDays: 100 });
    expect((await update(id, { name: "Left alone" })).data?.updateApiKey).toEqual({ name: "Left alone", expiresAt });
    expect((await update(id, { name: "As it is", expiresAt })).data?.updateApiKey).toMatchObject({ expiresAt });
  });

  it("is judged like a new key's when it changes, counted from now", async () => {
    const { id } = await generate({});
    latchkey.clock.advance(DAY / 24);
    const expiresAt = ahead(366);
    expect((await update(id, { expiresAt })).data?.updateApiKey).toMatchObject({ expiresAt });
    await admin.refused(() => update(id, { expiresAt: ahead(366, 60_000) }), "BAD_USER_INPUT", {
      field: "input.expiresAt",
      maximumLifetimeDays: 366,
    });
    await admin.refused(() => update(id, { expiresAt: null }), "BAD_USER_INPUT", { field: "input.expiresAt" });
    await admin.refused(() => update(id, { neverExpires: true }), "BAD_USER_INPUT", { field: "input.neverExpires" });
  });

  it("is taken away only where the settings allow it; keys without one keep that when they no longer do", async () => {
    const { id } = await generate({});
    await change({ apiKeysMayNeverExpire: true });
    const never = await update(id, { neverExpires: true, expiresAt: null });
    expect(never.data?.updateApiKey).toMatchObject({ expiresAt: null });
    await change({ apiKeysMayNeverExpire: false });
    for (const input of [{ name: "Kept" }, { expiresAt: null }, { neverExpires: true }]) {
      expect((await update(id, input)).data?.updateApiKey).toMatchObject({ expiresAt: null });
    }
    await admin.refused(() => update(id, { neverExpires: false }), "BAD_USER_INPUT", { field: "input.expiresAt" });
    const expiresAt = ahead(1);
    const dated = await update(id, { neverExpires: false, expiresAt });
    expect(dated.data?.updateApiKey).toMatchObject({ expiresAt });
  });
});
