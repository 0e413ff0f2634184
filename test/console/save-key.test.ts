import { readFileSync } from "node:fs";
import {
  finishGenerating,
  keepAndClose,
  openConsole,
  startGenerating,
  type TestConsole,
  tokenShown,
  type Visit,
} from "./browser";

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

describe("a key that was just generated in the console", () => {
  it("K9: copies the key, downloads it as a *.apikey text file, and closes for good", async () => {
    const { page } = visit;
    await startGenerating(page, "Payroll: export/2");
    await group("Department").getByLabel("Read").check();
    const token = await finishGenerating(page);
    await page.evaluate('navigator.clipboard.writeText("before")');
    await page.getByRole("button", { name: "Copy to clipboard" }).click();
    await page.getByText("Copied to the clipboard.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(token);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("payroll-export-2.apikey");
    expect(readFileSync(await download.path(), "utf8")).toBe(`${token}\n`);
    expect((await console.latchkey.query(DEPARTMENTS, { token })).status).toBe(200);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(token);
    await page.reload();
    await page.getByRole("heading", { name: "Effective access" }).waitFor();
    expect(await page.content()).not.toContain(token);
  });

  it("K9: asks before a key is closed that was neither copied nor downloaded", async () => {
    const { page } = visit;
    await startGenerating(page, "Careless");
    await group("Department").getByLabel("Read").check();
    const token = await finishGenerating(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Back to the key" }).click();
    expect(await page.getByLabel("API key", { exact: true }).innerText()).toBe(token);
    await page.goBack();
    expect(await page.getByLabel("API key", { exact: true }).innerText()).toBe(token);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Close anyway" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(token);
  });

  it("K9: copies also where browsers have no clipboard for pages, that is without HTTPS", async () => {
    const { page, context } = visit;
    await page.addInitScript('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await page.reload();
    await startGenerating(page, "Over plain HTTP");
    await group("Department").getByLabel("Read").check();
    const token = await finishGenerating(page);
    await keepAndClose(page);
    const other = await context.newPage();
    await other.goto(console.latchkey.url);
    expect(await other.evaluate("navigator.clipboard.readText()")).toBe(token);
  });

  it("K9: keeps the key in view when the session ends before it is closed", async () => {
    const person = await console.admin.person({ roles: ["Developer"] });
    await visit.leave();
    visit = await console.visit({ token: person.token });
    const { page } = visit;
    await startGenerating(page, "At the last moment");
    await group("Department").getByLabel("Read").check();
    const token = await finishGenerating(page);
    await console.latchkey.data("mutation { signOut }", { token: person.token });
    visit.expectStatus(401);
    await page.evaluate('location.hash = "#/api-keys"');
    await page.getByText("Your session has ended. Sign in again.").waitFor();
    expect(await tokenShown(page)).toBe(token);
    await keepAndClose(page);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
  });
});
