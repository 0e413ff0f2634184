import { createBoundedQueue } from "../../src/users/bounded-queue";

describe("a bounded queue", () => {
  it("runs so many at a time, in order of arrival, and refuses the rest at once", async () => {
    const inTurn = createBoundedQueue(2, 2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = (id: number) => async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(id);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return id;
    };
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((id) => inTurn(work(id))));
    expect(results[4]).toMatchObject({ status: "rejected", reason: { code: "RATE_LIMITED" } });
    expect(order).toEqual([1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(await inTurn(work(6))).toBe(6);
  });

  it("goes on after work that fails", async () => {
    const inTurn = createBoundedQueue(1, 1);
    const fails = inTurn(async () => Promise.reject(new Error("no")));
    const next = inTurn(async () => "yes");
    await expect(fails).rejects.toThrow("no");
    expect(await next).toBe("yes");
    expect(await inTurn(async () => "again")).toBe("again");
  });
});
