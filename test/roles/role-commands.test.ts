import { Action } from "../../src/access/grant";
import { SortDirection } from "../../src/connection/sort-direction";
import type { RequestContext } from "../../src/context";
import { createRole } from "../../src/roles/create-role";
import { deleteRole } from "../../src/roles/delete-role";
import { ensureBuiltInRoles } from "../../src/roles/ensure-built-in-roles";
import { Role } from "../../src/roles/role.entity";
import { listRoles } from "../../src/roles/role.queries";
import { updateRole } from "../../src/roles/update-role";
import { createUser } from "../../src/users/create-user";
import { loadUserAccess } from "../../src/users/load-user-access";
import { setUserRoles } from "../../src/users/set-user-roles";
import { UserKind } from "../../src/users/user-kind";
import { openPeople, type People } from "../users/people";

let people: People;
let owner: RequestContext;

beforeEach(async () => {
  people = await openPeople();
  owner = await people.as(await people.ownerId());
});
afterEach(() => people.stop());

const READ_NAME = { resource: "employee", actions: [Action.READ], fields: ["firstName"] };

/** A user with a role of level 50 that manages roles and reads first names. */
async function lesser(): Promise<RequestContext> {
  const role = await createRole(owner, {
    name: "Role keeper",
    level: 50,
    authorities: ["MANAGE_ROLES", "ASSIGN_ROLES", "MANAGE_USERS"],
    grants: [READ_NAME],
  });
  const user = await createUser(owner, {
    kind: UserKind.NON_EMPLOYEE,
    firstName: "Les",
    lastName: "Ser",
    email: "les@example.com",
    roleIds: [role.id],
  });
  return people.as(user.id);
}

describe("built-in roles", () => {
  it("are there after boot, and a second boot writes nothing", async () => {
    const before = await people.store.readEpoch();
    await ensureBuiltInRoles(people.operator);
    expect(await people.store.readEpoch()).toBe(before);
    expect((await people.role("ACCOUNT_OWNER")).inheritsId).toBe((await people.role("ADMINISTRATOR")).id);
    expect((await people.role("DEVELOPER")).grants).toContainEqual({
      resource: "employee",
      actions: ["READ"],
      fields: ["email", "firstName", "lastName", "phone"],
      rows: null,
    });
    expect((await people.role("EMPLOYEE")).grants).toContainEqual({
      resource: "employee",
      actions: ["READ"],
      fields: null,
      rows: { self: true },
    });
  });

  it("come back to their definition at boot", async () => {
    const { id } = await people.role("ADMINISTRATOR");
    await people.store.change((tx) => tx.update(Role, { id }, { grants: [] }));
    await ensureBuiltInRoles(people.operator);
    expect((await people.role("ADMINISTRATOR")).grants).toHaveLength(2);
  });

  it("can be neither changed nor deleted, by the owner or the operator", async () => {
    const { id, name } = await people.role("EMPLOYEE");
    for (const ctx of [owner, people.operator]) {
      await expect(updateRole(ctx, id, { name })).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(deleteRole(ctx, id)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  it("give an owner everything by inheritance", async () => {
    const access = await loadUserAccess(people.store.reader.manager, people.index, await people.ownerId());
    expect(access?.user.level).toBe(100);
    expect([...(access?.scope.authorities ?? [])]).toHaveLength(13);
  });
});

describe("a custom role", () => {
  it("is stored in one spelling, audited, and effective through the epoch", async () => {
    const before = await people.store.readEpoch();
    const role = await createRole(owner, {
      name: "  Directory ",
      authorities: ["VIEW_USERS", "VIEW_AUDIT", "VIEW_USERS"],
      grants: [
        {
          ...READ_NAME,
          fields: ["phone", "firstName", "phone"],
          rows: { locations: ["Bern"], self: false, departmentIds: [] },
        },
      ],
    });
    expect(await people.store.reader.getRepository(Role).findOneByOrFail({ id: role.id })).toMatchObject({
      name: "Directory",
      level: 0,
      authorities: ["VIEW_AUDIT", "VIEW_USERS"],
      version: 1,
      grants: [
        { resource: "employee", actions: ["READ"], fields: ["firstName", "phone"], rows: { locations: ["Bern"] } },
      ],
    });
    expect(await people.store.readEpoch()).toBeGreaterThan(before);
    expect((await people.audited("role.create")).at(-1)).toMatchObject({
      targetId: role.id,
      actorKind: "USER",
      after: { name: "Directory" },
    });
  });

  it("is refused for a bad name, level, authority, grant or row scope, and nothing is written", async () => {
    const roles = await people.store.reader.getRepository(Role).count();
    const trail = (await people.audited("role.create")).length;
    const bad: [object, string][] = [
      [{ name: " " }, "input.name"],
      [{ name: "x".repeat(121) }, "input.name"],
      [{ name: "a\0b" }, "input.name"],
      [{ level: 101 }, "input.level"],
      [{ level: -1 }, "input.level"],
      [{ description: "x".repeat(1001) }, "input.description"],
      [{ authorities: ["VIEW_USERS", "FLY"] }, "input.authorities[1]"],
      [{ grants: [READ_NAME, { ...READ_NAME, fields: ["phone", "shoeSize"] }] }, "input.grants[1].fields[1]"],
      [{ grants: [{ ...READ_NAME, resource: "planet" }] }, "input.grants[0].resource"],
      [{ grants: [{ ...READ_NAME, actions: [] }] }, "input.grants[0].actions"],
      [{ grants: [{ ...READ_NAME, fields: [] }] }, "input.grants[0].fields"],
      [{ grants: [{ ...READ_NAME, rows: {} }] }, "input.grants[0].rows"],
      [{ grants: [{ ...READ_NAME, rows: { locations: [" "] } }] }, "input.grants[0].rows.locations[0]"],
      [{ grants: Array.from({ length: 101 }, () => READ_NAME) }, "input.grants"],
      [{ version: 3 }, "input.version"],
    ];
    for (const [input, field] of bad) {
      await expect(createRole(owner, { name: "Bad", ...input })).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
        details: { field },
      });
    }
    await expect(createRole(owner, { name: "Bad", inheritsId: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await people.store.reader.getRepository(Role).count()).toBe(roles);
    expect(await people.audited("role.create")).toHaveLength(trail);
  });

  it("has a name of its own, whatever the case", async () => {
    await createRole(owner, { name: "Payroll" });
    await expect(createRole(owner, { name: "PAYROLL" })).rejects.toMatchObject({
      code: "CONFLICT",
      details: { field: "input.name" },
    });
    await expect(createRole(owner, { name: "employee" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("keeps what an edit leaves out, and clears what it sets to null", async () => {
    const employee = await people.role("EMPLOYEE");
    const role = await createRole(owner, {
      name: "Desk",
      description: "Front",
      level: 30,
      inheritsId: employee.id,
      authorities: ["VIEW_USERS"],
      grants: [READ_NAME],
    });
    expect(await updateRole(owner, role.id, { name: "Desk 2", version: 1 })).toMatchObject({
      name: "Desk 2",
      description: "Front",
      level: 30,
      inheritsId: employee.id,
      authorities: ["VIEW_USERS"],
      version: 2,
    });
    await expect(updateRole(owner, role.id, { name: "Desk 3", version: 1 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(
      await updateRole(owner, role.id, {
        name: "Desk 2",
        description: null,
        inheritsId: null,
        authorities: [],
        grants: [],
      }),
    ).toMatchObject({
      description: null,
      inheritsId: null,
      authorities: [],
      grants: [],
    });
  });

  it("does not inherit itself, directly or through others", async () => {
    const a = await createRole(owner, { name: "A" });
    const b = await createRole(owner, { name: "B", inheritsId: a.id });
    for (const inheritsId of [a.id, b.id]) {
      await expect(updateRole(owner, a.id, { name: "A", inheritsId })).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
        details: { field: "input.inheritsId" },
      });
    }
  });

  it("is not deleted while users or roles need it", async () => {
    const a = await createRole(owner, { name: "A" });
    const b = await createRole(owner, { name: "B", inheritsId: a.id });
    await createUser(owner, {
      kind: UserKind.BOT,
      firstName: "B",
      lastName: "Ot",
      email: "b@example.com",
      roleIds: [a.id],
    });
    await expect(deleteRole(owner, a.id)).rejects.toMatchObject({ code: "CONFLICT", details: { users: 1, roles: 1 } });
    await deleteRole(owner, b.id);
    expect(await people.audited("role.delete")).toHaveLength(1);
    await expect(deleteRole(owner, b.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("someone who manages roles with less than everything", () => {
  it("puts into a role only what they hold, rows included", async () => {
    const ctx = await lesser();
    const outOfScope = (missing: string) => ({
      code: "OUT_OF_SCOPE",
      details: { missing: expect.arrayContaining([missing]) },
    });
    const attempt = (input: object) => createRole(ctx, { name: "Mine", ...input });
    await expect(attempt({ grants: [{ ...READ_NAME, fields: ["salary"] }] })).rejects.toMatchObject(
      outOfScope("employee.salary:READ"),
    );
    await expect(attempt({ grants: [{ ...READ_NAME, fields: null }] })).rejects.toMatchObject(
      outOfScope("employee.salary:READ"),
    );
    await expect(attempt({ grants: [{ resource: "employee", actions: [Action.DELETE] }] })).rejects.toMatchObject(
      outOfScope("employee:DELETE"),
    );
    await expect(attempt({ authorities: ["VIEW_AUDIT"] })).rejects.toMatchObject(outOfScope("authority:VIEW_AUDIT"));
    await expect(attempt({ level: 51 })).rejects.toMatchObject({
      code: "OUT_OF_SCOPE",
      details: { field: "input.level" },
    });
    const inheritsId = (await people.role("ADMINISTRATOR")).id;
    await expect(attempt({ inheritsId })).rejects.toMatchObject({ code: "OUT_OF_SCOPE" });
    await attempt({ level: 50, authorities: ["MANAGE_ROLES"], grants: [{ ...READ_NAME, rows: { self: true } }] });
  });

  it("does not edit, empty or delete a role that gives more than they hold", async () => {
    const ctx = await lesser();
    const more = await createRole(owner, { name: "More", grants: [{ ...READ_NAME, fields: ["salary"] }] });
    const higher = await createRole(owner, { name: "Higher", level: 51 });
    for (const { id, name } of [more, higher]) {
      await expect(updateRole(ctx, id, { name, grants: [], level: 0 })).rejects.toMatchObject({ code: "OUT_OF_SCOPE" });
      await expect(deleteRole(ctx, id)).rejects.toMatchObject({ code: "OUT_OF_SCOPE" });
    }
  });

  it("is judged by what the transaction finds, not by what the request began with", async () => {
    const ctx = await lesser();
    if (ctx.principal.kind !== "USER") throw new Error("not a user");
    await setUserRoles(owner, ctx.principal.user.id, []);
    await expect(createRole(ctx, { name: "Late" })).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("MANAGE_ROLES"),
    });
  });
});

describe("the list of roles", () => {
  it("is searched, sorted and paged", async () => {
    await createRole(owner, { name: "100% Payroll" });
    const search = await listRoles(owner, { filter: { search: "% PAY" } });
    expect((await Promise.all(search.nodes)).map(({ name }) => name)).toEqual(["100% Payroll"]);
    const request = { first: 4, sort: [{ level: SortDirection.DESC }] };
    const first = await listRoles(owner, request);
    expect((await Promise.all(first.nodes)).map(({ level }) => level)).toEqual([100, 80, 60, 40]);
    expect(await first.totalCount()).toBe(6);
    const rest = await listRoles(owner, { ...request, after: first.pageInfo().endCursor });
    expect((await Promise.all(rest.nodes)).map(({ level }) => level)).toEqual([20, 0]);
  });

  it("is read and given to graphql-js in turns, a hundred at once, and others are answered in between", async () => {
    for (let at = 0; at < 120; at++) await createRole(owner, { name: `Turn ${at}` });
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const request = { first: 500, filter: { search: "turn " } };
    const pages = await Promise.all(Array.from({ length: 5 }, () => listRoles(owner, request)));
    expect(turns).toBeGreaterThanOrEqual(2 * pages.length);
    for (const { nodes } of pages) {
      const later = nodes.filter((node) => node instanceof Promise);
      expect(nodes.indexOf(later[0] as Promise<Role>)).toBe(100);
      expect((await Promise.all(nodes)).map(({ name }) => name)).toEqual(nodes.map((_, at) => `Turn ${at}`));
      expect(nodes).toHaveLength(120);
    }
    clearImmediate(timer);
  });
});
