import { coalesceReads, gatherReads } from "../../src/store/coalesced-read";

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
});

describe("a gathered read", () => {
  it("is shared by all who ask until it begins, and by nobody who asks later", async () => {
    let begun = 0;
    const read = gatherReads(async () => ++begun);
    const late: Promise<number>[] = [];
    const first = read().then((value) => {
      late.push(read(), read());
      return value;
    });
    expect(await Promise.all([first, Promise.resolve().then(() => read()), read()])).toEqual([1, 1, 1]);
    expect(await Promise.all(late)).toEqual([2, 2]);
    expect(read.counts).toEqual({ reads: 2, served: 5 });
  });

  it("lets one caller do all that it can before the next goes on", async () => {
    const read = gatherReads(async () => null);
    const steps: string[] = [];
    const caller = async (name: string): Promise<void> => {
      await read();
      for (const step of [1, 2, 3]) {
        steps.push(`${name}${step}`);
        await null;
      }
    };
    await Promise.all([caller("a"), caller("b"), caller("c")]);
    expect(steps).toEqual(["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"]);
  });
});

describe.each([
  ["coalesced", coalesceReads],
  ["gathered", gatherReads],
])("a %s read that fails", (_name, share) => {
  it("fails for those who shared it, and begins anew for the next", async () => {
    let fail = true;
    const read = share(async () => {
      if (fail) throw new Error("no database");
      return "answer";
    });
    const [one, two] = [read(), read()];
    await expect(one).rejects.toThrow("no database");
    await expect(two).rejects.toThrow("no database");
    fail = false;
    expect(await read()).toBe("answer");
  });
});
