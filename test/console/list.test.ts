import { unique } from "../support/administration";
import { openConsole, type TestConsole, type Visit } from "./browser";

const READS = [{ resource: "department", actions: ["READ"], fields: ["name"] }];

let console: TestConsole;
let visit: Visit;

beforeAll(async () => {
  console = await openConsole();
});
afterAll(() => console.stop());
afterEach(() => visit.leave());

const row = (name: string) => visit.page.getByRole("row", { name: new RegExp(name) });

describe("the list of API keys in the console", () => {
  it("K10: shows name, creation, application, device, expiry, last use and status of one's own keys", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    await console.admin.key(token, { name: "Unbound", grants: READS });
    await console.admin.key(token, {
      name: "Bound",
      grants: READS,
      application: "payroll-export",
      deviceId: "printer-7",
      expiresAt: new Date(Date.now() + 86_400_000),
    });
    visit = await console.visit({ token });
    const headers = await visit.page.getByRole("columnheader").allInnerTexts();
    expect(headers).toEqual([
      ...["Name", "Created", "Application", "Device ID", "Expires", "Last used", "Calls, 7 days", "Status"],
    ]);
    expect(await row("Unbound").innerText()).toMatch(/Any\s+Any\s.*Never\s+0\s+Active/s);
    expect(await row("Bound").innerText()).toMatch(/payroll-export\s+printer-7\s.*Never\s+0\s+Active/s);
    await visit.page.getByText("1–2 of 2 keys").waitFor();
  });

  it("K11: has everyone's keys with their owners, for those who may see them", async () => {
    const { token, email } = await console.admin.person({ roles: ["Developer"] });
    await console.admin.key(token, { name: "Of somebody", grants: READS });
    visit = await console.visit();
    await visit.page.getByText("Everyone's").click();
    expect(await row("Of somebody").innerText()).toContain(email);
    await visit.page.getByText("My keys").click();
    await visit.page.getByText("No API keys yet").waitFor();
  });

  it("K17: shows calls and denials, and finds keys by text, status and disuse", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    const used = await console.admin.key(token, { name: "Busy", grants: READS });
    const idle = await console.admin.key(token, { name: "Idle", grants: READS });
    const { query } = console.latchkey;
    await query("{ departments { nodes { name } } }", { token: used.token });
    await query("{ departments { nodes { code } } }", { token: used.token });
    await console.latchkey.data("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", {
      token,
      variables: { id: idle.id },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    visit = await console.visit({ token });
    const { page } = visit;
    expect(await row("Busy").innerText()).toMatch(/2 · 1 denied\s+Active/);
    expect(await row("Idle").innerText()).toMatch(/0\s+Disabled/);
    await page.getByRole("searchbox", { name: "Search keys" }).fill("bus");
    await row("Idle").waitFor({ state: "detached" });
    await row("Busy").waitFor();
    await page.getByRole("searchbox", { name: "Search keys" }).fill("");
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Disabled" }).click();
    await row("Busy").waitFor({ state: "detached" });
    await row("Idle").waitFor();
    await page.getByRole("combobox", { name: "Unused for" }).click();
    await page.getByRole("option", { name: "Unused for 30 days" }).click();
    await page.getByText("No key matches").waitFor();
  });

  it("pages through more keys than a page holds, and back", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    const names: string[] = [];
    for (let at = 0; at < 27; at++) {
      names.push(unique("Paged key"));
      await console.admin.key(token, { name: names.at(-1), grants: READS });
    }
    visit = await console.visit({ token });
    const { page } = visit;
    await page.getByText("1–25 of 27 keys").waitFor();
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByText("26–27 of 27 keys").waitFor();
    await page.getByRole("link", { name: names[0]!, exact: true }).waitFor();
    await page.getByRole("button", { name: "Previous page" }).click();
    await page.getByRole("link", { name: names.at(-1)!, exact: true }).waitFor();
  });

  it("has all of it at the width of a telephone too, without scrolling sideways", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    await console.admin.key(token, { name: "A key with a name that is rather long for it", grants: READS });
    visit = await console.visit({ token, width: 390 });
    const card = visit.page.getByRole("listitem").filter({ hasText: "rather long" });
    expect(await card.innerText()).toMatch(
      /Active.*Created.*Expires.*Last used\s+Never.*Application\s+Any.*Device ID\s+Any/s,
    );
    for (const place of ["#/api-keys", "#/api-keys/generate", "#/account"]) {
      await visit.page.evaluate(`location.hash = "${place}"`);
      await visit.page.getByRole("heading", { level: 1 }).waitFor();
      expect(await visit.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    }
  });
});

describe("revoking all keys in the console", () => {
  it("K14: asks for REVOKE ALL to be typed, tells how many, and ends every key of everybody", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    const key = await console.admin.key(token, { grants: READS });
    const [row0] = await console.latchkey.store.select<{ live: number }>(
      "SELECT COUNT(*) AS live FROM api_key WHERE revokedAt IS NULL",
      [],
    );
    const live = Number(row0!.live);
    visit = await console.visit();
    const { page } = visit;
    await page.getByRole("button", { name: "Revoke ALL keys" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`All keys of all users, ${live} in total`).waitFor();
    const confirm = dialog.getByRole("button", { name: "Revoke ALL keys" });
    await dialog.getByLabel("Type REVOKE ALL to confirm").fill("revoke all");
    expect(await confirm.isDisabled()).toBe(true);
    expect((await console.latchkey.query("{ departments { nodes { name } } }", { token: key.token })).status).toBe(200);
    await dialog.getByLabel("Type REVOKE ALL to confirm").fill("REVOKE ALL");
    await confirm.click();
    await dialog.getByText(`${live} keys revoked.`).waitFor();
    expect((await console.latchkey.query("{ departments { nodes { name } } }", { token: key.token })).status).toBe(401);
    await dialog.getByRole("button", { name: "Done" }).click();
  });
});
