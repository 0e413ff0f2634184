import { keepAndClose, openConsole, type TestConsole, tokenShown, type Visit } from "./browser";

const NAMES = "{ departments { nodes { name } } }";
const CODES = "{ departments { nodes { code } } }";
const READS_NAMES = [{ resource: "department", actions: ["READ"], fields: ["name"] }];

let console: TestConsole;
let visit: Visit;

beforeAll(async () => {
  console = await openConsole();
});
afterAll(() => console.stop());
beforeEach(async () => {
  visit = await console.visit();
});
afterEach(() => visit.leave());

/** A key of the owner, with its page open. */
async function openKey(input: object): Promise<{ id: string; token: string }> {
  const key = await console.admin.key(console.latchkey.ownerToken, input);
  await visit.page.evaluate(`location.hash = "#/api-keys/${key.id}"`);
  await visit.page.getByRole("heading", { name: "Effective access" }).waitFor();
  return key;
}

const statusOf = async (token: string, query = NAMES): Promise<number> =>
  (await console.latchkey.query(query, { token })).status;
const region = (name: string) => visit.page.getByRole("region", { name });

describe("the page of an API key in the console", () => {
  it("K12: shows its resources, actions and fields, and which set gives them", async () => {
    const set = await console.admin.apiSet([
      { resource: "employee", actions: ["READ"], fields: ["lastName", "email"] },
    ]);
    await openKey({
      apiSetIds: [set],
      grants: [{ resource: "department", actions: ["READ", "UPDATE"], fields: ["name"] }],
    });
    const access = await region("Effective access").innerText();
    expect(access).toMatch(/Department\s+Read\s+Update\s+name/);
    expect(access).toMatch(/Employee\s+Read\s+email\s+lastName/);
    expect(access).not.toContain("salary");
    expect(await region("Given by").innerText()).toMatch(
      /API set Set \d+\s+Employee.*Permissions of this key alone\s+Department/s,
    );
  });

  it("K5: says ALL fields where no field was chosen", async () => {
    await openKey({ grants: [{ resource: "employee", actions: ["READ"] }] });
    await region("Given by").getByText("ALL fields").waitFor();
  });

  it("K6: edits permissions and settings, effective on the key's next request, with the same secret", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    expect([await statusOf(key.token), await statusOf(key.token, CODES)]).toEqual([200, 403]);
    await page.getByRole("link", { name: "Edit" }).click();
    const department = page.getByRole("group", { name: "Department", exact: true });
    await department.getByRole("button", { name: /Fields/ }).click();
    await department.getByLabel("code", { exact: true }).check();
    await page.getByRole("textbox", { name: "Name" }).fill("Renamed");
    await page.getByRole("textbox", { name: "Description" }).fill("For the screen in the hall");
    await page.getByRole("textbox", { name: "Calls per minute" }).fill("1000");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("heading", { name: "Renamed", level: 1 }).waitFor();
    await page.getByText("For the screen in the hall").waitFor();
    await page.getByText("1,000").waitFor();
    expect([await statusOf(key.token), await statusOf(key.token, CODES)]).toEqual([200, 200]);
  });

  it("K6: does not take the last permission away, and says so", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("group", { name: "Department", exact: true }).getByLabel("Read").uncheck();
    visit.expectStatus(400);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("alert").filter({ hasText: "at least one permission" }).first().waitFor();
    expect(await statusOf(key.token)).toBe(200);
  });

  it("K6: notices that somebody else has edited the key meanwhile", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("Mine");
    await console.admin.asOwner(
      'mutation ($id: ID!) { updateApiKey(id: $id, input: { description: "Theirs" }) { id } }',
      {
        id: key.id,
      },
    );
    visit.expectStatus(409);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Something has changed in the meantime").waitFor();
  });

  it("K13: revokes it, after asking, for ever and at once", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await statusOf(key.token)).toBe(200);
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke key" }).click();
    await page.getByText("Revoked", { exact: true }).first().waitFor();
    expect(await statusOf(key.token)).toBe(401);
    for (const name of ["Enable", "Disable", "Rotate", "Revoke"]) {
      expect(await page.getByRole("button", { name }).count()).toBe(0);
    }
  });

  it("K15: disables it and enables it again", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("button", { name: "Enable" }).waitFor();
    await page.getByText("Disabled", { exact: true }).waitFor();
    expect(await statusOf(key.token)).toBe(401);
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByRole("button", { name: "Disable" }).waitFor();
    expect(await statusOf(key.token)).toBe(200);
  });

  it("K16: rotates it: a new secret, shown once; the old one works through the grace period that was chosen", async () => {
    const { page } = visit;
    const key = await openKey({ grants: READS_NAMES });
    await page.getByRole("button", { name: "Rotate" }).click();
    await page.getByRole("combobox", { name: "Grace period of the old secret" }).click();
    await page.getByRole("option", { name: "5 minutes" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
    const token = await tokenShown(page);
    expect(token).not.toBe(key.token);
    await keepAndClose(page);
    await region("Secrets").getByText("New, not used yet").waitFor();
    expect([await statusOf(token), await statusOf(key.token)]).toEqual([200, 200]);
    console.latchkey.clock.advance(301_000);
    expect([await statusOf(token), await statusOf(key.token)]).toEqual([200, 401]);
    await page.reload();
    await region("Secrets").getByText("Retired").waitFor();
    await page.getByText("Old secret tried").first().waitFor();
  });

  it("K17: shows calls, denials and the last use, by hour", async () => {
    const key = await openKey({ grants: READS_NAMES });
    await console.latchkey.query("query Hall { departments { nodes { name } } }", { token: key.token });
    await console.latchkey.query("query Prying { departments { nodes { code } } }", { token: key.token });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await visit.page.reload();
    const hour = visit.page.getByRole("table", { name: "Use by hour" }).getByRole("row").nth(1);
    expect(await hour.innerText()).toMatch(/(Hall, Prying|Prying, Hall)\s+2\s+1\s+0/);
    await visit.page.getByText("127.0.0.1").waitFor();
  });

  it("leaves another person's key to its owner, but for stopping it", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    const key = await console.admin.key(token, { name: "Not mine", grants: READS_NAMES });
    await visit.page.evaluate(`location.hash = "#/api-keys/${key.id}"`);
    await visit.page.getByRole("button", { name: "Revoke" }).waitFor();
    expect(await visit.page.getByRole("link", { name: "Edit" }).count()).toBe(0);
    expect(await visit.page.getByRole("button", { name: "Rotate" }).count()).toBe(0);
  });
});
