import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const UPDATE = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
const names = { resource: "employee", actions: ["READ"], fields: ["firstName", "lastName"] };
const departments = { resource: "department", actions: ["READ"], fields: ["name"] };
const NAMES = "{ employees { nodes { firstName } } }";
const DEPARTMENTS = "{ departments { nodes { name } } }";

let latchkey: TestLatchkey;
/** Another instance on the same database, which the edits do not pass through. */
let second: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

/** A key that both instances have met, so that both remember it. */
async function knownKey(input: object = { grants: [names] }) {
  const key = await admin.key(developer.token, input);
  for (const instance of [latchkey, second]) await instance.query("{ viewer { kind } }", { token: key.token });
  const ask = (query: string, headers: Record<string, string> = {}) =>
    second.query(query, { token: key.token, headers });
  const update = (change: object) =>
    latchkey.data(UPDATE, { token: developer.token, variables: { id: key.id, input: change } });
  return { ...key, ask, update };
}

const codeOf = async (reply: ReturnType<TestLatchkey["query"]>) => {
  const { extensions } = (await reply).errors?.[0] ?? {};
  return extensions?.reason ?? extensions?.code ?? "OK";
};

describe("an edit of a key (K6) is seen by its very next request, on another instance too", () => {
  it("when its own grants are others", async () => {
    const { ask, update } = await knownKey();
    expect(await codeOf(ask(NAMES))).toBe("OK");
    await update({ grants: [departments] });
    expect([await codeOf(ask(NAMES)), await codeOf(ask(DEPARTMENTS))]).toEqual(["FORBIDDEN_FIELD", "OK"]);
  });

  it("when it is bound to other API sets, or to none", async () => {
    const [one, other] = [await admin.apiSet([names]), await admin.apiSet([departments])];
    const { ask, update } = await knownKey({ apiSetIds: [one] });
    await update({ apiSetIds: [other] });
    expect([await codeOf(ask(NAMES)), await codeOf(ask(DEPARTMENTS))]).toEqual(["FORBIDDEN_FIELD", "OK"]);
    await update({ apiSetIds: [one, other] });
    expect([await codeOf(ask(NAMES)), await codeOf(ask(DEPARTMENTS))]).toEqual(["OK", "OK"]);
    await update({ apiSetIds: null, grants: [names] });
    expect([await codeOf(ask(NAMES)), await codeOf(ask(DEPARTMENTS))]).toEqual(["OK", "FORBIDDEN_FIELD"]);
  });

  it.each([
    ["application", { application: "calendar" }, { "apollographql-client-name": "calendar" }, "APPLICATION_MISMATCH"],
    ["device", { deviceId: "kiosk-1" }, { "x-device-id": "kiosk-1" }, "DEVICE_MISMATCH"],
  ])("when it is bound to an %s, and freed of it again", async (_, binding, headers, reason) => {
    const { ask, update } = await knownKey();
    await update(binding);
    expect([await codeOf(ask(NAMES)), await codeOf(ask(NAMES, headers))]).toEqual([reason, "OK"]);
    await update(Object.fromEntries(Object.keys(binding).map((field) => [field, "Any"])));
    expect(await codeOf(ask(NAMES))).toBe("OK");
  });

  it("when it is bound to addresses, and freed of them again", async () => {
    const { ask, update } = await knownKey();
    await update({ allowedIps: ["10.0.0.0/8"] });
    expect(await codeOf(ask(NAMES))).toBe("IP_NOT_ALLOWED");
    await update({ allowedIps: ["::ffff:127.0.0.0/104"] });
    expect(await codeOf(ask(NAMES))).toBe("OK");
    await update({ allowedIps: null });
    expect(await codeOf(ask(NAMES))).toBe("OK");
  });

  it("when it expires earlier, and when it expires later after all", async () => {
    const { ask, update } = await knownKey();
    const inSeconds = (seconds: number) => new Date(latchkey.clock.now() + seconds * 1_000).toISOString();
    await update({ expiresAt: inSeconds(60) });
    latchkey.clock.advance(60_000);
    expect(await codeOf(ask(NAMES))).toBe("UNAUTHENTICATED");
    await update({ expiresAt: inSeconds(60) });
    expect(await codeOf(ask(NAMES))).toBe("OK");
  });

  it("when it answers what it lacks with null from now on, under another name and description", async () => {
    const { id, ask, update } = await knownKey();
    const name = unique("Renamed");
    await update({ onDenied: "NULL", name, description: "For the intranet" });
    const read = "query ($id: ID!) { apiKey(id: $id) { name description onDenied } }";
    expect(await second.data(read, { token: developer.token, variables: { id } })).toEqual({
      apiKey: { name, description: "For the intranet", onDenied: "NULL" },
    });
    expect((await ask("{ viewer { apiKey { name } } }")).data).toEqual({ viewer: { apiKey: { name } } });
  });

  it("when it is unbound from one of its sets, though another was widened beyond its owner since", async () => {
    const [one, other] = [await admin.apiSet([names]), await admin.apiSet([departments])];
    const { id, ask, update } = await knownKey({ apiSetIds: [one, other] });
    const removal = { resource: "employee", actions: ["DELETE"] };
    await admin.asOwner("mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }", {
      id: one,
      input: { name: unique("Wide"), grants: [names, removal] },
    });
    await update({ apiSetIds: [one] });
    expect([await codeOf(ask(NAMES)), await codeOf(ask(DEPARTMENTS))]).toEqual(["OK", "FORBIDDEN_FIELD"]);
    expect(await codeOf(ask('mutation { deleteEmployee(id: "x") { id } }'))).toBe("FORBIDDEN_FIELD");
    await update({ apiSetIds: [other] });
    const back = { id, input: { apiSetIds: [one, other] } };
    await admin.refused(() => latchkey.query(UPDATE, { token: developer.token, variables: back }), "OUT_OF_SCOPE", {
      missing: ["employee:DELETE"],
    });
  });

  it("but not when it gives what the editor does not hold: the key stays as it was", async () => {
    const { id, ask } = await knownKey();
    const pay = { resource: "employee", actions: ["READ"], fields: ["salary"] };
    const paySet = await admin.apiSet([pay]);
    for (const input of [{ grants: [pay] }, { apiSetIds: [paySet] }]) {
      const act = () => latchkey.query(UPDATE, { token: developer.token, variables: { id, input } });
      await admin.refused(act, "OUT_OF_SCOPE", { missing: expect.arrayContaining([expect.stringMatching(/salary/)]) });
    }
    expect([await codeOf(ask(NAMES)), await codeOf(ask("{ employees { nodes { salary } } }"))]).toEqual([
      "OK",
      "FORBIDDEN_FIELD",
    ]);
  });
});
