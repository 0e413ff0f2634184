import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const DELETE = "mutation ($id: ID!, $replacementId: ID) { deleteRole(id: $id, replacementId: $replacementId) }";

describe("a role in use", () => {
  let latchkey: TestLatchkey;
  let count = 0;
  const asOwner = <Data>(query: string, variables?: object) =>
    latchkey.data<Data>(query, { token: latchkey.ownerToken, variables });

  beforeAll(async () => {
    latchkey = await startLatchkey();
  });
  afterAll(() => latchkey.stop());

  const role = async (input: object): Promise<string> =>
    (
      await asOwner<{ createRole: { id: string } }>(
        "mutation ($input: RoleInput!) { createRole(input: $input) { id } }",
        {
          input: { name: `Role ${++count}`, level: 10, ...input },
        },
      )
    ).createRole.id;
  const user = async (roleIds: string[]): Promise<string> =>
    (
      await asOwner<{ createUser: { id: string } }>(
        "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
        { input: { kind: "BOT", firstName: "Bo", lastName: "T", email: `bot${++count}@example.com`, roleIds } },
      )
    ).createUser.id;
  const rolesOf = async (id: string): Promise<string[]> =>
    (
      await asOwner<{ user: { roles: { id: string }[] } }>("query ($id: ID!) { user(id: $id) { roles { id } } }", {
        id,
      })
    ).user.roles.map((held) => held.id);
  const attempt = (id: string, replacementId?: string) =>
    latchkey.query(DELETE, { token: latchkey.ownerToken, variables: { id, replacementId } });

  it("is kept, with word of who uses it, unless a replacement is named", async () => {
    const id = await role({});
    await user([id]);
    await role({ inheritsId: id });
    expect(await attempt(id)).toMatchObject({
      status: 409,
      errors: [{ extensions: { code: "CONFLICT", users: 1, roles: 1 } }],
    });
    expect(await asOwner("query ($id: ID!) { role(id: $id) { id } }", { id })).toEqual({ role: { id } });
  });

  it("gives way to its replacement everywhere at once", async () => {
    const [old, next] = [await role({}), await role({ grants: [{ resource: "department", actions: ["READ"] }] })];
    const [one, both] = [await user([old]), await user([old, next])];
    const heir = await role({ inheritsId: old });
    expect((await attempt(old, next)).data).toEqual({ deleteRole: true });
    expect(await rolesOf(one)).toEqual([next]);
    expect(await rolesOf(both)).toEqual([next]);
    expect(await asOwner("query ($id: ID!) { role(id: $id) { inherits { id } } }", { id: heir })).toEqual({
      role: { inherits: { id: next } },
    });
    const [event] = await latchkey.store.select<{ after: string }>(
      "SELECT * FROM audit_event WHERE action = 'role.delete' AND targetId = ?",
      [old],
    );
    expect(JSON.parse(event?.after ?? "null")).toMatchObject({ replacement: { id: next }, roleIds: [heir] });
  });

  it("is not replaced by itself, by a role that inherits it, or by one that does not exist", async () => {
    const id = await role({});
    const heir = await role({ inheritsId: id });
    for (const replacementId of [id, heir]) {
      expect(await attempt(id, replacementId)).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field: "replacementId" } }],
      });
    }
    expect(await attempt(id, "01890000-0000-7000-8000-000000000000")).toMatchObject({ status: 404 });
    expect(await asOwner("query ($id: ID!) { role(id: $id) { id } }", { id })).toEqual({ role: { id } });
  });
});
