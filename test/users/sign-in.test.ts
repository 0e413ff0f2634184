import { changePassword } from "../../src/users/change-password";
import { createUser } from "../../src/users/create-user";
import { isUsable, loadUserAccess } from "../../src/users/load-user-access";
import { Session } from "../../src/users/session.entity";
import { setUserRoles } from "../../src/users/set-user-roles";
import { setUserStatus } from "../../src/users/set-user-status";
import { signIn } from "../../src/users/sign-in";
import { signOut } from "../../src/users/sign-out";
import { User } from "../../src/users/user.entity";
import { UserKind } from "../../src/users/user-kind";
import { UserStatus } from "../../src/users/user-status";
import { findSession } from "../../src/users/verify-session";
import { OWNER, openPeople, type People } from "./people";

const ANN = { email: "Ann@Example.com", password: "an unlikely pass phrase" };

let people: People;
let annId: string;

beforeEach(async () => {
  people = await openPeople();
  const ann = await createUser(people.operator, {
    kind: UserKind.NON_EMPLOYEE,
    firstName: "Ann",
    lastName: "Lee",
    ...ANN,
  });
  annId = ann.id;
});
afterEach(() => people.stop());

const refused = { code: "UNAUTHENTICATED", message: expect.stringContaining("email or the password") };
const read = (id: string) => people.store.reader.getRepository(User).findOneByOrFail({ id });
const sessions = () => people.store.reader.getRepository(Session).find();
const failures = async () =>
  (await people.audited("session.signInFailed")).map(({ after }) => (after as { reason: string }).reason);

async function failTimes(times: number, email: string): Promise<void> {
  for (let at = 0; at < times; at++)
    await expect(signIn(people.nobody, email, "wrong wrong wrong")).rejects.toMatchObject(refused);
}

describe("signing in", () => {
  it("takes the address in any case and answers with a token whose digest alone is stored", async () => {
    const { sessionToken, user } = await signIn(people.nobody, " ann@EXAMPLE.com", ANN.password);
    expect(sessionToken).toMatch(/^lk_sess_/);
    expect(user).toMatchObject({ id: annId, email: "Ann@Example.com", passwordHash: null });
    expect(people.cookies).toEqual([sessionToken]);
    const [stored] = await sessions();
    expect(JSON.stringify(stored)).not.toContain(sessionToken.slice(-49));
    const found = await findSession(people.store.reader.manager, people.nobody.pepper.digest(sessionToken));
    expect(found).toMatchObject({ userId: annId, id: sessionToken.slice(8, 20) });
    expect(found?.expiresAt.getTime()).toBe(people.nobody.clock.now() + 12 * 3_600_000);
    expect((await people.audited("session.signIn"))[0]).toMatchObject({ targetId: annId, actorKind: "NOBODY" });
  });

  it("does not move the epoch", async () => {
    const before = await people.store.readEpoch();
    await signIn(people.nobody, ANN.email, ANN.password);
    await failTimes(1, ANN.email);
    expect(await people.store.readEpoch()).toBe(before);
  });

  it("answers alike for every reason, begins no session, and records which it was", async () => {
    const disabled = await createUser(people.operator, {
      kind: UserKind.BOT,
      firstName: "B",
      lastName: "Ot",
      email: "bot@example.com",
      password: ANN.password,
    });
    await setUserStatus(people.operator, disabled.id, UserStatus.DISABLED);
    const expired = await createUser(people.operator, {
      kind: UserKind.BOT,
      firstName: "C",
      lastName: "Ot",
      email: "gone@example.com",
      password: ANN.password,
      expiresAt: new Date(people.operator.clock.now() + 1000),
    });
    await createUser(people.operator, {
      kind: UserKind.BOT,
      firstName: "D",
      lastName: "Ot",
      email: "none@example.com",
    });
    people.advance(1000);
    const attempts: [string, string][] = [
      ["nobody@example.com", ANN.password],
      [ANN.email, "wrong"],
      ["bot@example.com", ANN.password],
      [expired.email, ANN.password],
      ["none@example.com", ANN.password],
      ["x".repeat(1_000_000), "y".repeat(1_000_000)],
      [ANN.email, ""],
      ["", ""],
      ["\0", "\0"],
    ];
    for (const [email, password] of attempts) {
      await expect(signIn(people.nobody, email, password)).rejects.toMatchObject(refused);
    }
    expect(await failures()).toEqual([
      "UNKNOWN_EMAIL",
      "WRONG_PASSWORD",
      "DISABLED",
      "EXPIRED",
      "WRONG_PASSWORD",
      "UNKNOWN_EMAIL",
      "WRONG_PASSWORD",
      "UNKNOWN_EMAIL",
      "UNKNOWN_EMAIL",
    ]);
    expect(await sessions()).toEqual([]);
    expect(JSON.stringify(await people.audited("session.signInFailed"))).not.toContain("nobody@example.com");
  });
});

describe("an account with ten bad passwords in a row", () => {
  it("is locked for 15 minutes, keys and sessions included, and then judged again", async () => {
    await failTimes(9, ANN.email);
    expect((await read(annId)).status).toBe(UserStatus.ACTIVE);
    await failTimes(1, ANN.email);
    expect(await read(annId)).toMatchObject({ status: UserStatus.LOCKED, failedSignIns: 0 });
    await expect(signIn(people.nobody, ANN.email, ANN.password)).rejects.toMatchObject(refused);
    const access = await loadUserAccess(people.store.reader.manager, people.index, annId);
    expect(access && isUsable(access, people.nobody.clock.now())).toBe(false);
    people.advance(15 * 60_000);
    expect(access && isUsable(access, people.nobody.clock.now())).toBe(true);
    await signIn(people.nobody, ANN.email, ANN.password);
    expect(await read(annId)).toMatchObject({ status: UserStatus.ACTIVE, lockedUntil: null });
    expect(await people.audited("user.lock")).toHaveLength(1);
  });

  it("is locked once, however many came at the same moment, and no attempt is lost", async () => {
    const attempts = Array.from({ length: 12 }, () => signIn(people.nobody, ANN.email, "wrong wrong wrong"));
    const results = await Promise.allSettled(attempts);
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(await people.audited("user.lock")).toHaveLength(1);
    expect(await failures()).toHaveLength(12);
  });

  it("starts again from zero after a good password", async () => {
    await failTimes(9, ANN.email);
    await signIn(people.nobody, ANN.email, ANN.password);
    await failTimes(9, ANN.email);
    expect((await read(annId)).status).toBe(UserStatus.ACTIVE);
  });

  it("keeps its status, but not its sign-in, when it is the last usable owner", async () => {
    const ownerId = await people.ownerId();
    await failTimes(10, OWNER.email);
    const owner = await read(ownerId);
    expect(owner.status).toBe(UserStatus.ACTIVE);
    await expect(signIn(people.nobody, OWNER.email, OWNER.password)).rejects.toMatchObject(refused);
    expect(isUsable(owner, people.nobody.clock.now())).toBe(true);
    people.advance(15 * 60_000);
    await signIn(people.nobody, OWNER.email, OWNER.password);
  });

  it("is locked like any other when another owner is usable", async () => {
    await setUserRoles(people.operator, annId, [(await people.role("ACCOUNT_OWNER")).id]);
    await failTimes(10, OWNER.email);
    expect((await read(await people.ownerId())).status).toBe(UserStatus.LOCKED);
    await failTimes(10, ANN.email);
    expect((await read(annId)).status).toBe(UserStatus.ACTIVE);
  });
});

describe("a session", () => {
  it("ends by signing out, which moves the epoch and clears the cookie", async () => {
    const { sessionToken } = await signIn(people.nobody, ANN.email, ANN.password);
    const before = await people.store.readEpoch();
    await signOut(await people.as(annId, sessionToken.slice(8, 20)));
    expect(await sessions()).toEqual([]);
    expect(people.cookies.at(-1)).toBeNull();
    expect(await people.store.readEpoch()).toBeGreaterThan(before);
  });

  it("is the only one left after a change of password", async () => {
    await signIn(people.nobody, ANN.email, ANN.password);
    const { sessionToken } = await signIn(people.nobody, ANN.email, ANN.password);
    const ann = await people.as(annId, sessionToken.slice(8, 20));
    await expect(changePassword(ann, "wrong wrong wrong", "another pass phrase")).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      details: { field: "current" },
    });
    expect((await read(annId)).failedSignIns).toBe(1);
    await expect(changePassword(ann, ANN.password, ANN.password)).rejects.toMatchObject({ details: { field: "next" } });
    await expect(changePassword(ann, ANN.password, "ANN@example.com")).rejects.toMatchObject({
      details: { field: "next" },
    });
    await changePassword(ann, ANN.password, "another pass phrase");
    expect((await sessions()).map(({ id }) => id)).toEqual([sessionToken.slice(8, 20)]);
    await expect(signIn(people.nobody, ANN.email, ANN.password)).rejects.toMatchObject(refused);
    await signIn(people.nobody, ANN.email, "another pass phrase");
  });

  it("ends when the user is disabled, and does not come back", async () => {
    await signIn(people.nobody, ANN.email, ANN.password);
    await setUserStatus(people.operator, annId, UserStatus.DISABLED);
    await setUserStatus(people.operator, annId, UserStatus.ACTIVE);
    expect(await sessions()).toEqual([]);
  });
});
