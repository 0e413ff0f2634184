import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type Administration, administer } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const root = resolve(__dirname, "../..");
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** A service with its console and a browser to use it with. */
export interface TestConsole {
  readonly latchkey: TestLatchkey;
  readonly admin: Administration;
  /** A page with the session of `token`: the owner's when left out; null leaves it at the sign-in form. */
  visit(options?: { token?: string | null; width?: number }): Promise<Visit>;
  stop(): Promise<void>;
}

/** One visitor. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about: errors and warnings of scripts, violations of the policy, failed requests. */
  readonly complaints: string[];
  /** Says that a refusal is part of the test: browsers report answers of these statuses as errors. */
  expectStatus(status: number): void;
  /** Expects that the page complained about nothing else, and ends the visit. */
  leave(): Promise<void>;
}

/** Starts a service on a fresh database, builds the console if its sources changed, and opens a browser. */
export async function openConsole(): Promise<TestConsole> {
  const built = spawnSync(process.execPath, [join(root, "scripts/build-console.mjs")], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the console does not build:\n${built.stderr}`);
  const latchkey = await startLatchkey();
  const browser: Browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  return {
    latchkey,
    admin: administer(latchkey),
    visit: ({ token = latchkey.ownerToken, width = 1280 } = {}) => visit(browser, latchkey.url, token, width),
    async stop() {
      await browser.close();
      await latchkey.stop();
    },
  };
}

async function visit(browser: Browser, url: string, token: string | null, width: number): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, acceptDownloads: true });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  if (token !== null) await context.addCookies([{ name: "latchkey_session", value: token, url, httpOnly: true }]);
  const page = await context.newPage();
  const complaints: string[] = [];
  const expected: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return {
    page,
    context,
    complaints,
    expectStatus: (status) => void expected.push(`responded with a status of ${status}`),
    async leave() {
      await context.close();
      expect(complaints.filter((text) => !expected.some((part) => text.includes(part)))).toEqual([]);
    },
  };
}

/** Fills in the sign-in form and sends it. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes to the form for a new key, as people do, and waits until it is there. */
export async function startGenerating(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Generate key" }).click();
  await page.getByRole("listbox", { name: "Available API sets" }).waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
}

/** Sends the form for a new key and reads the token from the dialog that follows. */
export async function finishGenerating(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Generate key" }).click();
  return tokenShown(page);
}

/** The token in the open dialog. */
export async function tokenShown(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog", { name: "Save the generated key" });
  await dialog.waitFor();
  return (await dialog.getByLabel("API key", { exact: true }).innerText()).trim();
}

/** Closes the dialog with the token as somebody does who has kept it. */
export async function keepAndClose(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Copy to clipboard" }).click();
  await page.getByText("Copied to the clipboard.").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
