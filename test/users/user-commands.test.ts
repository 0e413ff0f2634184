import { Action } from "../../src/access/grant";
import { SortDirection } from "../../src/connection/sort-direction";
import type { RequestContext } from "../../src/context";
import { Employee } from "../../src/resources/employee/employee.entity";
import { createRole } from "../../src/roles/create-role";
import { createUser } from "../../src/users/create-user";
import { ensureOwner } from "../../src/users/ensure-owner";
import { loadUserAccess } from "../../src/users/load-user-access";
import { setUserRoles } from "../../src/users/set-user-roles";
import { setUserStatus } from "../../src/users/set-user-status";
import { updateUser } from "../../src/users/update-user";
import { User } from "../../src/users/user.entity";
import type { CreateUserInput } from "../../src/users/user.input";
import { listUsers } from "../../src/users/user.queries";
import { UserKind } from "../../src/users/user-kind";
import { userRolesLoader } from "../../src/users/user-loaders";
import { UserStatus } from "../../src/users/user-status";
import { OWNER, openPeople, type People } from "./people";

let people: People;
let owner: RequestContext;
let ownerId: string;
let ownerRoleId: string;

beforeEach(async () => {
  people = await openPeople();
  ownerId = await people.ownerId();
  owner = await people.as(ownerId);
  ownerRoleId = (await people.role("ACCOUNT_OWNER")).id;
});
afterEach(() => people.stop());

let made = 0;
const person = (input: Partial<CreateUserInput> = {}): CreateUserInput => ({
  kind: UserKind.NON_EMPLOYEE,
  firstName: "Pat",
  lastName: "Doe",
  email: `pat${made++}@example.com`,
  ...input,
});
const secondOwner = () => createUser(owner, person({ roleIds: [ownerRoleId], password: "an unlikely pass phrase" }));
const users = () => people.store.reader.getRepository(User).count();

async function holding(authorities: string[], level = 50, grants: object[] = []): Promise<RequestContext> {
  const role = await createRole(owner, { name: `Role ${made++}`, level, authorities, grants: grants as never });
  return people.as((await createUser(owner, person({ roleIds: [role.id] }))).id);
}

describe("the first owner", () => {
  it("is made once, with a password that is told once", async () => {
    expect(await ensureOwner(people.operator, {})).toBeNull();
    await people.store.change(async (tx) => {
      await tx.createQueryBuilder().delete().from("user_role").execute();
      await tx.createQueryBuilder().delete().from(User).execute();
    });
    const made = await Promise.all([ensureOwner(people.operator, {}), ensureOwner(people.operator, {})]);
    const [first] = made.filter((owner) => owner !== null);
    expect(first?.oneTimePassword).toMatch(/^[0-9A-Za-z]{24}$/);
    expect(made.filter((owner) => owner === null)).toHaveLength(1);
    expect(await users()).toBe(1);
  });

  it("is refused with a setting that cannot be used, named", async () => {
    await expect(ensureOwner(people.operator, { email: "nope" })).rejects.toMatchObject({
      message: expect.stringContaining("LATCHKEY_OWNER_EMAIL"),
    });
    await expect(ensureOwner(people.operator, { password: "short" })).rejects.toMatchObject({
      message: expect.stringContaining("LATCHKEY_OWNER_PASSWORD"),
    });
  });
});

describe("making a user", () => {
  it("keeps the email as given, one account per address, plus-addresses apart", async () => {
    const user = await createUser(owner, person({ email: "Vendor@Example.com" }));
    expect(user).toMatchObject({ email: "Vendor@Example.com", status: UserStatus.ACTIVE, passwordHash: null });
    await createUser(owner, person({ email: "vendor+1@example.com" }));
    await createUser(owner, person({ email: "vendor+2@example.com" }));
    await expect(createUser(owner, person({ email: "VENDOR@example.COM" }))).rejects.toMatchObject({
      code: "CONFLICT",
      details: { field: "input.email" },
    });
  });

  it("refuses bad fields by name and writes nothing", async () => {
    const before = await users();
    const bad: [Partial<CreateUserInput>, string][] = [
      [{ firstName: " " }, "input.firstName"],
      [{ lastName: "x".repeat(300) }, "input.lastName"],
      [{ email: "no" }, "input.email"],
      [{ email: `${"x".repeat(250)}@example.com` }, "input.email"],
      [{ password: "short" }, "input.password"],
      [{ password: "p".repeat(201) }, "input.password"],
      [{ email: "long.address@example.com", password: "LONG.address@example.com" }, "input.password"],
      [{ firstName: "Maximilian", lastName: "Doe", password: "Maximilian Doe" }, "input.password"],
      [{ expiresAt: new Date(0) }, "input.expiresAt"],
      [{ employeeId: "x".repeat(37) }, "input.employeeId"],
      [{ roleIds: Array.from({ length: 51 }, (_, at) => `${at}`) }, "input.roleIds"],
    ];
    for (const [input, field] of bad) {
      await expect(createUser(owner, person(input))).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
        details: { field },
      });
    }
    await expect(createUser(owner, person({ roleIds: ["none"] }))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await users()).toBe(before);
  });

  it("with roles needs ASSIGN_ROLES and what the roles give", async () => {
    const keeper = await holding(["MANAGE_USERS"]);
    const employeeRole = await people.role("EMPLOYEE");
    await createUser(keeper, person());
    await expect(createUser(keeper, person({ roleIds: [employeeRole.id] }))).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("ASSIGN_ROLES"),
    });
    const assigner = await holding(["MANAGE_USERS", "ASSIGN_ROLES"]);
    await expect(createUser(assigner, person({ roleIds: [ownerRoleId] }))).rejects.toMatchObject({
      code: "OUT_OF_SCOPE",
    });
    await expect(createUser(assigner, person({ roleIds: [employeeRole.id] }))).rejects.toMatchObject({
      code: "OUT_OF_SCOPE",
    });
  });

  it("writes neither the password nor its hash into the trail", async () => {
    await createUser(owner, person({ password: "an unlikely pass phrase" }));
    const rows = JSON.stringify(await people.audited("user.create"));
    expect(rows).not.toContain("unlikely");
    expect(rows).not.toContain("argon2");
  });
});

describe("administering users", () => {
  it("stops at those who rank above, by every way", async () => {
    const admin = await holding(["MANAGE_USERS", "ASSIGN_ROLES"]);
    const higher = await createUser(owner, person({ roleIds: [(await people.role("DEVELOPER")).id] }));
    const refusal = { code: "FORBIDDEN", details: { reason: "RANK" } };
    await expect(updateUser(admin, higher.id, { firstName: "X" })).rejects.toMatchObject(refusal);
    await expect(setUserStatus(admin, higher.id, UserStatus.DISABLED)).rejects.toMatchObject(refusal);
    await expect(setUserRoles(admin, higher.id, [])).rejects.toMatchObject(refusal);
  });

  it("lets nobody disable, lock or expire themselves, owner or not", async () => {
    await secondOwner();
    const refusal = { code: "FORBIDDEN", details: { reason: "OWN_ACCOUNT" } };
    await expect(setUserStatus(owner, ownerId, UserStatus.DISABLED)).rejects.toMatchObject(refusal);
    await expect(setUserStatus(owner, ownerId, UserStatus.LOCKED)).rejects.toMatchObject(refusal);
    await expect(updateUser(owner, ownerId, { expiresAt: new Date(owner.clock.now() + 1) })).rejects.toMatchObject(
      refusal,
    );
    expect(await updateUser(owner, ownerId, { firstName: "Own", expiresAt: null })).toMatchObject({
      firstName: "Own",
      version: 2,
    });
  });

  it("assigns only roles within what the actor holds; those that stay need not be", async () => {
    const assigner = await holding(["ASSIGN_ROLES"]);
    const mine = await createRole(owner, { name: "Plain", level: 10 });
    const rich = await createRole(owner, { name: "Rich", level: 10, authorities: ["VIEW_AUDIT"] });
    const user = await createUser(owner, person({ roleIds: [rich.id] }));
    await setUserRoles(assigner, user.id, [rich.id, mine.id]);
    await setUserRoles(assigner, user.id, [mine.id]);
    await expect(setUserRoles(assigner, user.id, [mine.id, rich.id])).rejects.toMatchObject({
      code: "OUT_OF_SCOPE",
      details: { missing: ["authority:VIEW_AUDIT"] },
    });
    expect((await people.audited("user.setRoles")).map(({ after }) => after)).toEqual([
      {
        roles: [
          { id: rich.id, name: "Rich" },
          { id: mine.id, name: "Plain" },
        ],
      },
      { roles: [{ id: mine.id, name: "Plain" }] },
    ]);
  });

  it("does not link an account to a record that the actor could not read in full", async () => {
    const self = { resource: "employee", actions: [Action.READ], fields: null, rows: { self: true } };
    const admin = await holding(["MANAGE_USERS", "ASSIGN_ROLES"], 50, [self]);
    const record = { firstName: "The", lastName: "Boss", version: 1, createdAt: new Date(0), updatedAt: new Date(0) };
    await people.store.transaction((tx) => tx.insert(Employee, { ...record, id: "the-boss", employeeNumber: "1" }));
    await expect(createUser(admin, person({ employeeId: "the-boss" }))).rejects.toMatchObject({ code: "OUT_OF_SCOPE" });
    const user = await createUser(owner, person({ employeeId: "the-boss" }));
    await expect(updateUser(admin, user.id, { employeeId: "another" })).rejects.toMatchObject({ code: "OUT_OF_SCOPE" });
    await expect(updateUser(owner, user.id, { employeeId: "another" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await updateUser(admin, user.id, { employeeId: null })).toMatchObject({ employeeId: null });
  });

  it("refuses a stale version and a taken email", async () => {
    const user = await createUser(owner, person());
    await expect(updateUser(owner, user.id, { firstName: "X", version: 9 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(updateUser(owner, user.id, { email: OWNER.email.toUpperCase() })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(updateUser(owner, "none", {})).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is closed to an API key, whoever owns it", async () => {
    if (owner.principal.kind !== "USER") throw new Error("not a user");
    const key: RequestContext = {
      ...owner,
      principal: { kind: "API_KEY", user: owner.principal.user, apiKey: { id: "000000000000", name: "k" } },
    };
    await expect(createUser(key, person())).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(setUserRoles(key, ownerId, [])).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("the last usable owner", () => {
  const last = { code: "CONFLICT", details: { reason: "LAST_OWNER" } };

  it("remains by every path, also for the operator", async () => {
    for (const status of [UserStatus.DISABLED, UserStatus.LOCKED]) {
      await expect(setUserStatus(people.operator, ownerId, status)).rejects.toMatchObject(last);
    }
    await expect(setUserRoles(owner, ownerId, [])).rejects.toMatchObject(last);
    for (const expiresAt of [new Date(1), new Date(owner.clock.now() + 1e9)]) {
      await expect(updateUser(people.operator, ownerId, { expiresAt })).rejects.toMatchObject(last);
    }
    expect((await people.store.reader.getRepository(User).findOneByOrFail({ id: ownerId })).status).toBe(
      UserStatus.ACTIVE,
    );
    expect(await people.audited("user.setStatus")).toEqual([]);
  });

  it("is not replaced by one who cannot sign in or will expire", async () => {
    await createUser(owner, person({ roleIds: [ownerRoleId] }));
    await createUser(
      owner,
      person({
        roleIds: [ownerRoleId],
        password: "an unlikely pass phrase",
        expiresAt: new Date(owner.clock.now() + 1e9),
      }),
    );
    await expect(setUserRoles(owner, ownerId, [])).rejects.toMatchObject(last);
  });

  it("may be one who holds the role by inheritance", async () => {
    const heir = await createRole(owner, { name: "Heir", inheritsId: ownerRoleId });
    const user = await createUser(owner, person({ roleIds: [heir.id], password: "an unlikely pass phrase" }));
    expect((await loadUserAccess(people.store.reader.manager, people.index, user.id))?.user.level).toBe(100);
    await setUserRoles(owner, ownerId, []);
  });

  it("remains when two owners demote or disable each other at the same moment", async () => {
    const other = await secondOwner();
    const otherCtx = await people.as(other.id);
    const results = await Promise.allSettled([setUserRoles(owner, other.id, []), setUserRoles(otherCtx, ownerId, [])]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("the list of users", () => {
  it("is searched, filtered, sorted and paged, with roles in two statements for all", async () => {
    const role = await createRole(owner, { name: "Vendor", level: 5 });
    for (const lastName of ["Ab", "Cd", "Ef"]) {
      await createUser(owner, person({ firstName: "Zoë", lastName, roleIds: [role.id], kind: UserKind.BOT }));
    }
    const found = await listUsers(owner, {
      first: 2,
      sort: [{ lastName: SortDirection.DESC }],
      filter: { search: "ZOË ", kind: UserKind.BOT, status: UserStatus.ACTIVE, roleId: role.id },
    });
    expect((await Promise.all(found.nodes)).map(({ lastName }) => lastName)).toEqual(["Ef", "Cd"]);
    expect(await found.totalCount()).toBe(3);
    const newest = await listUsers(owner, { sort: [{ createdAt: SortDirection.DESC }] });
    expect(newest.nodes).toHaveLength(4);
    const roles = await Promise.all((await Promise.all(newest.nodes)).map(({ id }) => userRolesLoader(owner).load(id)));
    expect(roles.map(({ level }) => level).sort((a, b) => a - b)).toEqual([5, 5, 5, 100]);
  });
});
