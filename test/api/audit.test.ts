import { startLatchkey, type TestLatchkey } from "../support/latchkey";
let latchkey: TestLatchkey;
beforeAll(async () => { latchkey = await startLatchkey(); });
afterAll(() => latchkey?.stop());
it("x", async () => {
  console.log(await latchkey.store.select("select sequence, action, hash, previousHash, `at` from audit_event order by sequence", []), await latchkey.store.select("select * from audit_head", []));
});
