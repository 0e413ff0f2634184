import { PASSWORD } from "../support/administration";
import { OWNER } from "../support/latchkey";
import { openConsole, signIn, type TestConsole, type Visit } from "./browser";

let console: TestConsole;
let visit: Visit;

beforeAll(async () => {
  console = await openConsole();
});
afterAll(() => console.stop());
afterEach(() => visit.leave());

describe("the console, for somebody who is not signed in", () => {
  it("signs in, and out again for good", async () => {
    visit = await console.visit({ token: null });
    const { page, context } = visit;
    await signIn(page, OWNER.email, OWNER.password);
    await page.getByRole("heading", { name: "API keys" }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: "latchkey_session", httpOnly: true, sameSite: "Lax" });
    await page.getByRole("button", { name: /Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect((await console.latchkey.query("{ viewer { kind } }", { token: cookie!.value })).status).toBe(401);
  });

  it("is told when the password is wrong, and what may help when the account is locked", async () => {
    visit = await console.visit({ token: null });
    visit.expectStatus(401);
    await signIn(visit.page, OWNER.email, "not the password");
    const alert = visit.page.getByRole("alert");
    expect(await alert.innerText()).toMatch(/email or the password is wrong.*locked for a while/s);
    expect(await visit.page.getByRole("textbox", { name: "Password" }).inputValue()).toBe("");
  });

  it("is told to wait after too many attempts, and for how long", async () => {
    const person = await console.admin.person();
    for (let attempt = 0; attempt < 30; attempt++) {
      const { status } = await console.latchkey.query(
        'mutation ($email: String!) { signIn(email: $email, password: "no") { user { id } } }',
        { variables: { email: person.email } },
      );
      if (status === 429) break;
    }
    visit = await console.visit({ token: null });
    visit.expectStatus(429);
    await signIn(visit.page, person.email, PASSWORD);
    await visit.page.getByText("Too many attempts").waitFor();
    expect(await visit.page.getByRole("alert").innerText()).toMatch(/Next attempt in (a minute|\d+ minutes)/);
  });
});

describe("the console, for somebody who is signed in", () => {
  it("P2: does not show API keys without MANAGE_USER_API_KEY, at their address neither", async () => {
    const { token } = await console.admin.person({ roles: ["Employee"] });
    visit = await console.visit({ token });
    const { page } = visit;
    await page.getByText("Your roles give you no section of this console.").waitFor();
    await page.evaluate('location.hash = "#/api-keys/generate"');
    await page.getByText("Your roles give you no section of this console.").waitFor();
    expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);
    expect(await page.getByText("Generate").count()).toBe(0);
  });

  it("P2: shows them with it, without what needs more", async () => {
    const { token } = await console.admin.person({
      roles: [await console.admin.role({ authorities: ["MANAGE_USER_API_KEY"] })],
    });
    visit = await console.visit({ token });
    await visit.page.getByRole("link", { name: "Generate key" }).waitFor();
    expect(await visit.page.getByText("Everyone's").count()).toBe(0);
    expect(await visit.page.getByRole("button", { name: "Revoke ALL keys" }).count()).toBe(0);
    await visit.page.getByText("No API keys yet").waitFor();
  });

  it("asks to sign in again when the session ends meanwhile", async () => {
    const { token } = await console.admin.person({ roles: ["Developer"] });
    visit = await console.visit({ token });
    await console.latchkey.data("mutation { signOut }", { token });
    visit.expectStatus(401);
    await visit.page.getByRole("link", { name: "Generate key" }).click();
    await visit.page.getByText("Your session has ended. Sign in again.").waitFor();
  });

  it("changes the password, and shows what is wrong with one at its field", async () => {
    const { token, email } = await console.admin.person();
    visit = await console.visit({ token });
    const { page } = visit;
    await page.getByRole("button", { name: /Account of/ }).click();
    await page.getByRole("menuitem", { name: "Account and password" }).click();
    const change = async (current: string, next: string): Promise<void> => {
      await page.getByRole("textbox", { name: "Current password" }).fill(current);
      await page.getByRole("textbox", { name: "New password" }).fill(next);
      await page.getByRole("button", { name: "Change password" }).click();
    };
    visit.expectStatus(400);
    await change(PASSWORD, "short");
    await page.locator(".mantine-InputWrapper-error", { hasText: "12" }).waitFor();
    await change(PASSWORD, "another long pass phrase");
    await page.getByText("Your password is changed").waitFor();
    await console.latchkey.signIn(email, "another long pass phrase");
  });
});

describe("what the server sends of the console", () => {
  it("has a strict policy with a nonce of its own on a page that is never kept, and assets that are kept for good", async () => {
    visit = await console.visit();
    const [one, two] = await Promise.all([fetch(console.latchkey.url), fetch(console.latchkey.url)]);
    const policy = one.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toBe(two.headers.get("content-security-policy"));
    expect(one.headers.get("cache-control")).toBe("no-store");
    const page = await one.text();
    expect(page).toContain(/'nonce-([^']+)'/.exec(policy)?.[1]);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
    const asset = await fetch(`${console.latchkey.url}${script}`);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
  });
});
