import { randomUUID } from "node:crypto";
import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const FIELDS =
  "id name description status tokenPrefix application deviceId allowedIps onDenied expiresAt createdAt revokedAt version owner { email } apiSets { name } grants { resource actions fields }";
const GENERATE = `mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token warnings apiKey { ${FIELDS} } } }`;
const READ = `query ($id: ID!) { apiKey(id: $id) { ${FIELDS} } }`;
const UPDATE = `mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { ${FIELDS} } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiKey(id: $id) { ${FIELDS} } }`;
const REVOKE_ALL = "mutation ($confirm: String!) { revokeAllApiKeys(confirm: $confirm) { count } }";
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const VIEWER = "{ viewer { kind apiKey { id } } }";

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterAll(() => latchkey?.stop());

const as = (token: string, query: string, variables: object = {}) => latchkey.query(query, { token, variables });
const generate = (input: object) => as(developer.token, GENERATE, { input: { name: unique("Key"), ...input } });

describe("generating a key", () => {
  it("makes what was asked for, with every setting, and records it without its token", async () => {
    const setId = await admin.apiSet([NAMES]);
    const input = {
      name: unique("Calendar"),
      description: "Shows names\nin a calendar",
      apiSetIds: [setId],
      grants: [{ resource: "department", actions: ["READ"], fields: ["name"] }],
      expiresAt: new Date(latchkey.clock.now() + 86_400_000).toISOString(),
      application: "calendar",
      deviceId: "phone-1",
      allowedIps: ["::ffff:10.1.2.3/104", "2001:DB8::/32", "127.0.0.1", "127.0.0.1"],
      onDenied: "NULL",
    };
    const epoch = await latchkey.store.readEpoch();
    const reply = await generate(input);
    const { generateApiKey } = reply.data as { generateApiKey: { token: string; apiKey: { id: string } } };
    const { id } = generateApiKey.apiKey;
    expect(generateApiKey).toEqual({
      token: expect.stringMatching(new RegExp(`^lk_live_${id}_[0-9A-Za-z]{49}$`)),
      warnings: [],
      apiKey: {
        ...input,
        apiSetIds: undefined,
        id: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
        status: "ACTIVE",
        tokenPrefix: `lk_live_${id}`,
        allowedIps: ["10.0.0.0/8", "127.0.0.1", "2001:db8::/32"],
        createdAt: expect.any(String),
        revokedAt: null,
        version: 1,
        owner: { email: developer.email },
        apiSets: [{ name: expect.stringMatching(/^Set /) }],
      },
    });
    expect(await latchkey.store.readEpoch()).toBe(epoch + 1);
    const [event] = await admin.audited("apiKey.generate", id);
    expect(event).toMatchObject({ actorKind: "USER", actorId: developer.id, targetName: input.name });
    expect(JSON.parse(event?.after as string)).toMatchObject({ ownerId: developer.id, apiSetIds: [setId] });
    expect((await as(developer.token, READ, { id })).data).toEqual({ apiKey: generateApiKey.apiKey });
  });

  it("leaves everything open that was not asked for, but when it ends: see settings.test.ts", async () => {
    expect((await generate({ grants: [NAMES] })).data?.generateApiKey).toMatchObject({
      apiKey: {
        description: null,
        application: "Any",
        deviceId: "Any",
        allowedIps: null,
        onDenied: "ERROR",
        expiresAt: expect.any(String),
      },
    });
  });

  it("shows the token in that one reply only: in no other, in no log line, in no table", async () => {
    const tokens = [
      (await admin.key(developer.token, { grants: [NAMES] })).token,
      (await admin.key(developer.token, { grants: [NAMES], value: randomUUID() })).token,
    ];
    for (const token of tokens) await as(token, "{ viewer { apiKey { id } } employees { nodes { salary } } }");
    const later = await Promise.all([
      as(developer.token, `{ apiKeys(first: 500) { nodes { ${FIELDS} } } }`),
      as(latchkey.ownerToken, `{ apiKeys(first: 500) { nodes { ${FIELDS} } } }`),
      as(latchkey.ownerToken, "{ auditEvents(first: 500) { nodes { before after targetName actorName } } }"),
      ...tokens.map((token) => as(token, "{ viewer { user { email } apiKey { id name tokenPrefix status } } }")),
    ]);
    expect(later.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const places = [...later.map(({ text }) => text), await admin.state(), latchkey.logged()];
    for (const secret of [tokens[0]?.slice(-49, -6), tokens[1]]) {
      for (const place of places) expect(place.toLowerCase()).not.toContain(secret?.toLowerCase());
    }
  });

  it("warns of every resource whose fields it covers ALL, today's and later ones", async () => {
    const all = await admin.apiSet([
      { resource: "department", actions: ["READ"] },
      { resource: "department", actions: ["DELETE"] },
    ]);
    const { warnings } = await admin.key(latchkey.ownerToken, {
      apiSetIds: [all],
      grants: [{ resource: "employee", actions: ["READ"], fields: null }],
    });
    expect(warnings).toEqual(["ALL_FIELDS: department", "ALL_FIELDS: employee"]);
    const deleting = await admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["DELETE"] }] });
    expect(deleting.warnings).toEqual([]);
  });

  it.each([
    ["WEAK_VALUE: fewer than 8 different digits", "11111111-0000-0000-0000-000000000001"],
    ["WEAK_VALUE: fewer than 8 different digits", "{DEADBEEF-DEAD-BEEF-DEAD-BEEFDEADBEEF}"],
    ["WEAK_VALUE: digits in sequence", "01234567-89ab-cdef-0123-456789abcdef"],
    ["WEAK_VALUE: digits in sequence", "FEDCBA98-7654-3210-fedc-ba9876543210"],
    ["WEAK_VALUE: digits in sequence", "12345678-1234-1234-1234-123456789abc"],
    ["WEAK_VALUE: digits in sequence", "02468ace-0246-8ace-1357-9bdf13579bdf"],
  ])("warns of a supplied value that is easily guessed, and takes it: %s", async (warning, value) => {
    const made = await admin.key(latchkey.ownerToken, { grants: [NAMES], value });
    expect(made.warnings).toEqual([warning]);
    expect((await latchkey.query("{ viewer { kind } }", { token: made.token })).status).toBe(200);
  });

  it("does not warn of values at random, nor of tokens that it makes", async () => {
    const values = ["3f2504e0-4f89-41d3-9a0c-0305e82c3301", "6f9619ff-8b86-d011-b42d-00c04fc964ff", randomUUID(), null];
    for (const value of values) {
      const { warnings } = await admin.key(latchkey.ownerToken, { grants: [NAMES], value });
      expect([value, warnings]).toEqual([value, []]);
    }
  });

  it.each<[string, object]>([
    ["input.name", { name: "" }],
    ["input.name", { name: "\n" }],
    ["input.name", { name: "x".repeat(300) }],
    ["input.description", { description: "x".repeat(1_001) }],
    ["input.apiSetIds", { grants: [] }],
    ["input.apiSetIds", { grants: null, apiSetIds: [] }],
    ["input.apiSetIds", { apiSetIds: Array.from({ length: 51 }, (_, at) => String(at)) }],
    ["input.grants[0].resource", { grants: [{ resource: "wages", actions: ["READ"] }] }],
    ["input.grants[0].fields", { grants: [{ ...NAMES, fields: [] }] }],
    ["input.expiresAt", { expiresAt: "2001-01-01T00:00:00Z" }],
    ["input.application", { application: "x".repeat(300) }],
    ["input.application", { application: "a\r\nb" }],
    ["input.deviceId", { deviceId: "x".repeat(300) }],
    ["input.allowedIps", { allowedIps: [] }],
    ["input.allowedIps", { allowedIps: Array.from({ length: 51 }, (_, at) => `10.0.0.${at}`) }],
    ["input.allowedIps[1]", { allowedIps: ["10.0.0.1", "example.com"] }],
    ["input.allowedIps[0]", { allowedIps: ["10.0.0.0/33"] }],
    ["input.allowedIps[0]", { allowedIps: ["010.0.0.1"] }],
    ["input.allowedIps[0]", { allowedIps: ["10.1"] }],
    ["input.allowedIps[0]", { allowedIps: [""] }],
    ["input.value", { value: "" }],
    ["input.value", { value: "my secret" }],
    ["input.value", { value: "{3f2504e0-4f89-41d3-9a0c-0305e82c3301" }],
    ["input.value", { value: "3f2504e04f8941d39a0c0305e82c3301" }],
    ["input.value", { value: "3f2504e0-4f89-41d3-9a0c-0305e82c330g" }],
    ["input.value", { value: "00000000-0000-0000-0000-000000000000" }],
    ["input.value", { value: "{FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}" }],
  ])("is refused, naming %s (case %#)", async (field, bad) => {
    const reply = await admin.refused(() => generate({ grants: [NAMES], ...bad }), "BAD_USER_INPUT", { field });
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain("my secret");
  });

  it.each([
    ["a date that is none", { expiresAt: "tomorrow" }],
    ["an answer to denial that does not exist", { onDenied: "IGNORE" }],
    ["an action that does not exist", { grants: [{ ...NAMES, actions: ["SEE"] }] }],
  ])("is refused for %s", async (_what, bad) => {
    await admin.refused(() => generate({ grants: [NAMES], ...bad }), "BAD_USER_INPUT");
  });

  it("takes a name that no live key of the owner has; an ended key gives its name free", async () => {
    const name = unique("Payroll");
    const first = await admin.key(developer.token, { name, grants: [NAMES] });
    const taken = { name: name.toUpperCase(), grants: [NAMES] };
    await admin.refused(() => generate(taken), "CONFLICT", { field: "input.name" });
    await admin.key(latchkey.ownerToken, taken);
    await as(developer.token, REVOKE, { id: first.id });
    expect((await generate(taken)).status).toBe(200);
  });
});

describe("a key whose value the caller supplied", () => {
  it.each([
    ["as it is", (guid: string) => guid],
    ["in capitals", (guid: string) => guid.toUpperCase()],
    ["in braces", (guid: string) => `{${guid}}`],
    ["in capitals and braces, with blanks around", (guid: string) => ` {${guid.toUpperCase()}} `],
  ])("is given %s, kept in one form, and works in every spelling and header", async (_how, spell) => {
    const guid = randomUUID();
    const key = await admin.key(developer.token, { grants: [NAMES], value: spell(guid) });
    expect(key.token).toBe(guid);
    for (const spelling of [guid, guid.toUpperCase(), `{${guid}}`, `{${guid.toUpperCase()}}`]) {
      const expected = { status: 200, data: { viewer: { kind: "API_KEY", apiKey: { id: key.id } } } };
      expect(await as(spelling, VIEWER)).toMatchObject(expected);
      expect(await latchkey.query(VIEWER, { headers: { "x-api-key": spelling } })).toMatchObject(expected);
    }
    expect((await as(guid.replaceAll("-", ""), VIEWER)).status).toBe(401);
    expect((await as(`{${guid}`, VIEWER)).status).toBe(401);
    expect((await as(key.id, VIEWER)).status).toBe(401);
  });

  it("tells no token prefix, and its value is never a key again, not even after revocation", async () => {
    const value = randomUUID();
    const { id } = await admin.key(developer.token, { grants: [NAMES], value });
    expect((await as(developer.token, READ, { id })).data).toMatchObject({ apiKey: { tokenPrefix: null } });
    const again = () => as(latchkey.ownerToken, GENERATE, { input: { name: unique("Again"), grants: [NAMES], value } });
    await admin.refused(again, "CONFLICT", { field: "input.value" });
    await as(developer.token, REVOKE, { id });
    await admin.refused(again, "CONFLICT", { field: "input.value" });
  });

  it("is made once when the same value comes twice at the same moment", async () => {
    const value = randomUUID();
    const replies = await Promise.all([1, 2, 3].map(() => generate({ grants: [NAMES], value })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

describe("the list of keys", () => {
  it("has one's own; everyone's for who holds VIEW_ALL_API_KEYS", async () => {
    const other = await admin.person({ roles: ["Developer"] });
    const [mine, theirs] = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(other.token, { grants: [NAMES] }),
    ];
    const list = "query ($filter: ApiKeyFilter) { apiKeys(first: 500, filter: $filter) { nodes { id } totalCount } }";
    const idsOf = async (token: string, filter: object | null = null) => {
      const { data } = await as(token, list, { filter });
      return (data as { apiKeys: { nodes: { id: string }[] } }).apiKeys.nodes.map(({ id }) => id);
    };
    expect(await idsOf(other.token)).toEqual([theirs.id]);
    expect(await idsOf(other.token, { ownerId: developer.id })).toEqual([]);
    expect(await idsOf(latchkey.ownerToken)).toEqual(expect.arrayContaining([mine.id, theirs.id]));
    expect(await idsOf(latchkey.ownerToken, { ownerId: other.id, status: "ACTIVE" })).toEqual([theirs.id]);
    expect(await idsOf(latchkey.ownerToken, { search: other.email.toUpperCase() })).toEqual([theirs.id]);
    expect((await as(other.token, READ, { id: mine.id })).data).toEqual({ apiKey: null });
    expect((await as(latchkey.ownerToken, READ, { id: mine.id })).data).toMatchObject({ apiKey: { id: mine.id } });
    const effective = "query ($id: ID!) { effectiveAccess(apiKeyId: $id) { resource fields } }";
    await admin.refused(() => as(other.token, effective, mine), "NOT_FOUND");
    expect((await as(developer.token, effective, mine)).data).toEqual({
      effectiveAccess: [{ resource: "employee", fields: ["firstName"] }],
    });
  });

  it("tells each key's status: ACTIVE, DISABLED, EXPIRED or REVOKED, and finds by it", async () => {
    const owner = await admin.person({ roles: ["Developer"] });
    const expiresAt = new Date(latchkey.clock.now() + 1_000).toISOString();
    const keys = {
      ACTIVE: await admin.key(owner.token, { grants: [NAMES] }),
      DISABLED: await admin.key(owner.token, { grants: [NAMES] }),
      EXPIRED: await admin.key(owner.token, { grants: [NAMES], expiresAt }),
      REVOKED: await admin.key(owner.token, { grants: [NAMES] }),
    };
    await as(owner.token, "mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", keys.DISABLED);
    await as(owner.token, REVOKE, keys.REVOKED);
    latchkey.clock.advance(1_000);
    for (const [status, { id }] of Object.entries(keys)) {
      const list = "query ($status: ApiKeyStatus) { apiKeys(filter: { status: $status }) { nodes { id status } } }";
      expect((await as(owner.token, list, { status })).data).toEqual({ apiKeys: { nodes: [{ id, status }] } });
    }
  });

  it("and every change of them are closed to who lacks the authority, by its name, and to keys", async () => {
    const manager = await admin.person({ roles: ["HR Manager"] });
    const key = await admin.key(developer.token, { grants: [NAMES] });
    const own = ["MANAGE_USER_API_KEY"];
    const attempts: [string, object, string[]][] = [
      ["{ apiKeys { totalCount } }", {}, own],
      [READ, key, own],
      [GENERATE, { input: { name: unique("Mine"), grants: [NAMES] } }, own],
      [UPDATE, { id: key.id, input: { name: unique("Mine") } }, own],
      [REVOKE, key, own],
      ["mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", key, own],
      [REVOKE_ALL, { confirm: "REVOKE ALL" }, ["REVOKE_ALL_API_KEYS"]],
    ];
    for (const [query, { token: _, ...variables }, authorities] of attempts as [
      string,
      { token?: string },
      string[],
    ][]) {
      const details = { authorities: expect.arrayContaining(authorities) };
      const reply = await admin.refused(() => as(manager.token, query, variables), "FORBIDDEN", details);
      for (const name of authorities) expect(reply.errors?.[0]?.message).toContain(name);
      await admin.refused(() => as(key.token, query, variables), "FORBIDDEN", details);
      await admin.refused(() => latchkey.query(query, { variables }), "UNAUTHENTICATED");
    }
  });
});

describe("changing a key", () => {
  it("replaces what is given, keeps what is not, clears what is null, and records both states", async () => {
    const setId = await admin.apiSet([NAMES]);
    const { id } = await admin.key(developer.token, { grants: [NAMES], description: "Old", application: "app" });
    const name = unique("Renamed");
    const given = { name, apiSetIds: [setId], grants: [], allowedIps: ["10.0.0.0/8"], version: 1 };
    expect((await as(developer.token, UPDATE, { id, input: given })).data?.updateApiKey).toMatchObject({
      name,
      description: "Old",
      application: "app",
      allowedIps: ["10.0.0.0/8"],
      grants: [],
      version: 2,
    });
    const cleared = { description: null, application: null, allowedIps: null, grants: [NAMES], apiSetIds: null };
    expect((await as(developer.token, UPDATE, { id, input: cleared })).data?.updateApiKey).toMatchObject({
      name,
      description: null,
      application: "Any",
      allowedIps: null,
      apiSets: [],
      version: 3,
    });
    expect(await admin.audited("apiKey.update", id)).toMatchObject([
      { before: expect.stringContaining("Old"), after: expect.stringContaining(setId) },
      { before: expect.stringContaining(setId), after: expect.not.stringContaining("Old") },
    ]);
  });

  it("is refused to whoever saw an older version, for a bad value, and when no permission would be left", async () => {
    const { id } = await admin.key(developer.token, { grants: [NAMES] });
    const update = (input: object) => as(developer.token, UPDATE, { id, input });
    await update({ description: "new" });
    await admin.refused(() => update({ version: 1 }), "CONFLICT", { field: "input.version" });
    await admin.refused(() => update({ name: "x".repeat(300) }), "BAD_USER_INPUT", { field: "input.name" });
    await admin.refused(() => update({ name: null }), "BAD_USER_INPUT", { field: "input.name" });
    await admin.refused(() => update({ grants: [] }), "BAD_USER_INPUT", { field: "input.apiSetIds" });
    await admin.refused(() => update({ apiSetIds: ["nothing"] }), "NOT_FOUND", { field: "input.apiSetIds" });
  });
});

describe("revoking", () => {
  it("ends one key for ever: no edit, no enabling brings it back, and doing it again changes nothing", async () => {
    const key = await admin.key(developer.token, { grants: [NAMES] });
    const sibling = await admin.key(developer.token, { grants: [NAMES] });
    const revoked = await as(developer.token, REVOKE, key);
    expect(revoked.data?.revokeApiKey).toMatchObject({ status: "REVOKED", revokedAt: expect.any(String) });
    expect((await as(key.token, VIEWER)).status).toBe(401);
    expect((await as(sibling.token, VIEWER)).status).toBe(200);
    const enable = "mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: true) { id } }";
    await admin.refused(() => as(developer.token, enable, key), "CONFLICT");
    await admin.refused(() => as(developer.token, UPDATE, { id: key.id, input: { expiresAt: null } }), "CONFLICT");
    latchkey.clock.advance(1_000);
    expect((await as(developer.token, REVOKE, key)).data).toEqual(revoked.data);
    expect(await admin.audited("apiKey.revoke", key.id)).toHaveLength(1);
    expect((await as(key.token, VIEWER)).status).toBe(401);
  });

  it("is done by an administrator to anybody's key, and by others to their own only", async () => {
    const key = await admin.key(developer.token, { grants: [NAMES] });
    const { token: stranger } = await admin.person({ roles: ["Developer"] });
    await admin.refused(() => as(stranger, REVOKE, key), "NOT_FOUND");
    await admin.refused(() => as(stranger, REVOKE, { id: "nothing" }), "NOT_FOUND");
    const { token: administrator, email } = await admin.person({ roles: ["Administrator"] });
    expect((await as(administrator, REVOKE, key)).status).toBe(200);
    expect(await admin.audited("apiKey.revoke", key.id)).toMatchObject([{ actorName: email }]);
    expect((await as(key.token, VIEWER)).status).toBe(401);
  });

  it("all keys asks for the very words, ends everyone's keys, counts those it ended, and leaves sessions alone", async () => {
    const [first, second] = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(latchkey.ownerToken, { grants: [NAMES] }),
    ];
    for (const confirm of ["", "revoke all", "REVOKE ALL ", "yes"]) {
      await admin.refused(() => as(latchkey.ownerToken, REVOKE_ALL, { confirm }), "BAD_USER_INPUT", {
        field: "confirm",
      });
    }
    expect((await as(first.token, VIEWER)).status).toBe(200);
    const alive = await latchkey.store.select("SELECT id FROM api_key WHERE revokedAt IS NULL", []);
    const reply = await as(latchkey.ownerToken, REVOKE_ALL, { confirm: "REVOKE ALL" });
    expect(reply.data).toEqual({ revokeAllApiKeys: { count: alive.length } });
    for (const { token } of [first, second]) expect((await as(token, VIEWER)).status).toBe(401);
    for (const token of [developer.token, latchkey.ownerToken]) expect((await as(token, VIEWER)).status).toBe(200);
    const events = await admin.audited("apiKey.revokeAll");
    expect(events).toMatchObject([{ severity: "HIGH", after: JSON.stringify({ count: alive.length }) }]);
    expect((await as(latchkey.ownerToken, REVOKE_ALL, { confirm: "REVOKE ALL" })).data).toEqual({
      revokeAllApiKeys: { count: 0 },
    });
    expect((await as((await admin.key(developer.token, { grants: [NAMES] })).token, VIEWER)).status).toBe(200);
  });
});
