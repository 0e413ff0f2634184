import { coalesceReads } from "../../src/store/coalesced-read";

describe("a coalesced read", () => {
  it("gives every caller a read that began after it asked, with two reads for any number of callers", async () => {
    let begun = 0;
    const finish: (() => void)[] = [];
    const read = coalesceReads(() => {
      const number = ++begun;
      return new Promise<number>((resolve) => finish.push(() => resolve(number)));
    });
    const first = read();
    const later = Array.from({ length: 10 }, () => read());
    expect(begun).toBe(1);
    finish[0]?.();
    expect(await first).toBe(1);
    await new Promise(setImmediate);
    expect(begun).toBe(2);
    finish[1]?.();
    expect(await Promise.all(later)).toEqual(Array.from({ length: 10 }, () => 2));
  });

  it("passes a failure to those who shared the read, and begins anew for the next", async () => {
    let fail = true;
    const read = coalesceReads(async () => {
      if (fail) throw new Error("no database");
      return "answer";
    });
    const [one, two] = [read(), read()];
    await expect(one).rejects.toThrow("no database");
    await expect(two).rejects.toThrow("no database");
    fail = false;
    expect(await read()).toBe("answer");
  });

  it("with a time to gather, is shared by all who ask until it begins, also where it ends at once", async () => {
    let begun = 0;
    const read = coalesceReads(
      async () => ++begun,
      () => new Promise(setImmediate),
    );
    expect(await Promise.all([read(), Promise.resolve().then(() => read()), read()])).toEqual([1, 1, 1]);
    expect(await read()).toBe(2);
  });
});
