import { finishGenerating, keepAndClose, openConsole, startGenerating, type TestConsole, type Visit } from "./browser";

const DEPARTMENTS = "{ departments { nodes { id name } } }";

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

const group = (name: string) => visit.page.getByRole("group", { name, exact: true });
const available = () => visit.page.getByRole("listbox", { name: "Available API sets" });
const selected = () => visit.page.getByRole("listbox", { name: "Selected API sets" });

async function nameOfSet(id: string): Promise<string> {
  const { apiSet } = await console.admin.asOwner<{ apiSet: { name: string } }>(
    "query ($id: ID!) { apiSet(id: $id) { name } }",
    { id },
  );
  return apiSet.name;
}

/** The grants that a key was stored with, as the service tells them. */
async function grantsOf(name: string): Promise<object[]> {
  const { apiKeys } = await console.admin.asOwner<{ apiKeys: { nodes: { grants: object[] }[] } }>(
    `query ($search: String!) { apiKeys(filter: { search: $search }) { nodes {
      grants { resource actions fields rows { self reports departmentIds locations employeeIds } } } } }`,
    { search: name },
  );
  return apiKeys.nodes[0]!.grants;
}

describe("generating a key in the console", () => {
  it("K1: makes several keys for oneself, each with a name that is required and a description that is not", async () => {
    const { page } = visit;
    const names = ["Intranet one", "Intranet two"];
    for (const name of names) {
      await startGenerating(page, "");
      await group("Department").getByLabel("Read").check();
      await page.getByRole("button", { name: "Generate key" }).click();
      await page.getByText("Give the key a name").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      const token = await finishGenerating(page);
      expect(await console.latchkey.data(DEPARTMENTS, { token })).toEqual({ departments: { nodes: [] } });
      await keepAndClose(page);
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      await page.getByRole("link", { name: "← API keys" }).click();
    }
    for (const name of names) await page.getByRole("link", { name }).waitFor();
  });

  it("K1: shows a name that is taken at the name", async () => {
    const { page } = visit;
    await console.admin.key(console.latchkey.ownerToken, {
      name: "Taken",
      grants: [{ resource: "department", actions: ["READ"] }],
    });
    await startGenerating(page, "Taken");
    await group("Department").getByLabel("Read").check();
    visit.expectStatus(409);
    await page.getByRole("button", { name: "Generate key" }).click();
    const name = page.getByRole("textbox", { name: "Name" });
    await page.locator('[aria-invalid="true"]').waitFor();
    expect(await name.getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("K3: moves API sets from Available to Selected and back, by pointer", async () => {
    const { page } = visit;
    const [first, second] = await Promise.all(
      ["department", "employee"].map(async (resource) =>
        nameOfSet(
          await console.admin.apiSet([
            { resource, actions: ["READ"], fields: [`${resource === "department" ? "name" : "lastName"}`] },
          ]),
        ),
      ),
    );
    await startGenerating(page, "By sets");
    await available().getByRole("option", { name: first! }).click();
    await available().getByRole("option", { name: second! }).click();
    await page.getByRole("button", { name: "Select marked API sets" }).click();
    await selected().getByRole("option", { name: second! }).waitFor();
    expect(await available().getByRole("option", { name: first! }).count()).toBe(0);
    await selected().getByRole("option", { name: second! }).click();
    await page.getByRole("button", { name: "Remove marked API sets" }).click();
    await available().getByRole("option", { name: second! }).waitFor();
    expect(await selected().getByRole("option").count()).toBe(1);
    const token = await finishGenerating(page);
    expect((await console.latchkey.query("{ departments { nodes { name } } }", { token })).status).toBe(200);
    expect((await console.latchkey.query("{ employees { nodes { lastName } } }", { token })).status).toBe(403);
    await keepAndClose(page);
  });

  it("K3: and by keyboard alone", async () => {
    const { page } = visit;
    const name = await nameOfSet(await console.admin.apiSet([{ resource: "department", actions: ["READ"] }]));
    await startGenerating(page, "By keyboard");
    await available().focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Enter");
    await selected().getByRole("option", { name }).waitFor();
    expect(await available().getByRole("option").count()).toBe(0);
    await page.keyboard.press("Tab");
    await selected().focus();
    const all = await selected().getByRole("option").count();
    await page.keyboard.press("Home");
    await page.keyboard.press(" ");
    await page.keyboard.press("Enter");
    await available().getByRole("option").waitFor();
    expect(await selected().getByRole("option").count()).toBe(all - 1);
  });

  it("K5: limits a permission to the fields that are chosen", async () => {
    const { page } = visit;
    await startGenerating(page, "Calendar");
    await group("Time off").getByLabel("Read").check();
    await group("Time off").getByText("ALL fields").waitFor();
    await group("Time off")
      .getByRole("button", { name: /Fields/ })
      .click();
    for (const field of ["employeeName", "startDate", "endDate"]) {
      await group("Fields of Time off").getByLabel(field, { exact: true }).check();
    }
    expect(await group("Time off").getByText("ALL fields").count()).toBe(0);
    const token = await finishGenerating(page);
    expect(await page.getByRole("dialog").getByText("ALL FIELDS").count()).toBe(0);
    const allowed = "{ timeOffs { nodes { employeeName startDate endDate } } }";
    expect((await console.latchkey.query(allowed, { token })).status).toBe(200);
    expect((await console.latchkey.query("{ timeOffs { nodes { note } } }", { token })).status).toBe(403);
    await keepAndClose(page);
  });

  it("K5: says loudly that no field means ALL fields, before and after", async () => {
    const { page } = visit;
    await startGenerating(page, "Everything of employees");
    await group("Employee").getByLabel("Read").check();
    await page.getByRole("status").filter({ hasText: "ALL FIELDS of Employee" }).waitFor();
    await finishGenerating(page);
    const alert = page.getByRole("dialog").getByRole("alert");
    expect(await alert.innerText()).toMatch(/ALL FIELDS[\s\S]*Employee/);
    await keepAndClose(page);
    expect(await grantsOf("Everything of employees")).toMatchObject([
      { resource: "employee", actions: ["READ"], fields: null },
    ]);
  });

  it("limits a permission to some records", async () => {
    const { page } = visit;
    await startGenerating(page, "Some records");
    await group("Employee").getByLabel("Read").check();
    await group("Employee")
      .getByRole("button", { name: /Fields/ })
      .click();
    await group("Fields of Employee").getByLabel("lastName").check();
    await group("Employee").getByLabel("Only some records").check();
    await group("Employee").getByLabel("Locations").fill("Oslo");
    await page.keyboard.press("Enter");
    await finishGenerating(page);
    await keepAndClose(page);
    expect(await grantsOf("Some records")).toMatchObject([{ fields: ["lastName"], rows: { locations: ["Oslo"] } }]);
    await page.getByText("Only people at Oslo").first().waitFor();
  });

  it("K6: refuses a key without any permission, and says so at the API sets", async () => {
    const { page } = visit;
    await startGenerating(page, "Nothing");
    visit.expectStatus(400);
    await page.getByRole("button", { name: "Generate key" }).click();
    await group("API sets")
      .getByRole("alert")
      .filter({ hasText: "API sets or Permissions must give the key at least one permission" })
      .waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("K7: takes a GUID as the key's value, and says at the field what is wrong with another one", async () => {
    const { page } = visit;
    await startGenerating(page, "Supplied");
    await group("Department").getByLabel("Read").check();
    await page.getByRole("textbox", { name: "Value" }).fill("secret");
    visit.expectStatus(400);
    await page.getByRole("button", { name: "Generate key" }).click();
    await page.locator(".mantine-InputWrapper-error", { hasText: "Must be a GUID" }).waitFor();
    await page.getByRole("textbox", { name: "Value" }).fill("{3F2504E0-4F89-41D3-9A0C-0305E82C3301}");
    expect(await finishGenerating(page)).toBe("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    await keepAndClose(page);
  });

  it("K8: sets the expiry, and says at the field when that is too far away", async () => {
    const { page } = visit;
    await startGenerating(page, "For a month");
    await group("Department").getByLabel("Read").check();
    await page.getByRole("combobox", { name: "Expires" }).click();
    await page.getByRole("option", { name: "At a date of my choice" }).click();
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
    await page.getByLabel("Expiry date and time").fill(inDays(4_000));
    visit.expectStatus(400);
    await page.getByRole("button", { name: "Generate key" }).click();
    await page.locator(".mantine-InputWrapper-error", { hasText: "at most 366 days" }).waitFor();
    const soon = inDays(30);
    await page.getByLabel("Expiry date and time").fill(soon);
    await finishGenerating(page);
    await keepAndClose(page);
    const { apiKeys } = await console.admin.asOwner<{ apiKeys: { nodes: { expiresAt: string }[] } }>(
      '{ apiKeys(filter: { search: "For a month" }) { nodes { expiresAt } } }',
    );
    expect(Date.parse(apiKeys.nodes[0]!.expiresAt)).toBe(new Date(soon).getTime());
  });

  it("has a name for every control, for those who do not see them", async () => {
    const { page } = visit;
    await startGenerating(page, "");
    await group("Employee")
      .getByRole("button", { name: /Fields/ })
      .click();
    await group("Employee").getByLabel("Only some records").check();
    const said = await page.locator("body").ariaSnapshot();
    expect(said).toContain('- checkbox "Read"');
    const nameless = /^\s*- (button|textbox|checkbox|radio|combobox|listbox|link|table|region)( \[.*\])?:?$/;
    expect(said.split("\n").filter((line) => nameless.test(line))).toEqual([]);
  });

  it("P3: makes keys for bots and non-employee users, and offers no other person", async () => {
    const { page } = visit;
    const roles = ["Developer"];
    await console.admin.person({ kind: "BOT", firstName: "Robo", lastName: "Clerk", roles });
    await console.admin.person({ kind: "EMPLOYEE", firstName: "Paula", lastName: "Person", roles });
    await startGenerating(page, "Of the bot");
    await page.getByRole("combobox", { name: "Owner" }).click();
    await page.getByRole("option", { name: /Robo Clerk/ }).waitFor();
    expect(await page.getByRole("option", { name: /Paula Person/ }).count()).toBe(0);
    await page.getByRole("option", { name: /Robo Clerk/ }).click();
    await group("Department").getByLabel("Read").check();
    await finishGenerating(page);
    await keepAndClose(page);
    await page.getByRole("main").getByText("Robo Clerk").waitFor();
  });
});
