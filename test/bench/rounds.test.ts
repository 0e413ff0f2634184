import { interleaved } from "../../bench/rounds";

describe("a measurement in rounds", () => {
  const plan = { rounds: 3, seconds: 2, warmUpSeconds: 5, connections: 1 };

  async function measured(): Promise<{ figures: ReadonlyMap<string, number[]>; calls: string[] }> {
    const calls: string[] = [];
    const silenced = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const figures = await interleaved(["a", "b"], plan, "test", async (subject, seconds) => {
      calls.push(`${subject}${seconds}`);
      return calls.length;
    });
    silenced.mockRestore();
    return { figures, calls };
  }

  it("warms everybody up first, then turns the order with every round", async () => {
    const { calls } = await measured();
    expect(calls).toEqual(["a5", "b5", "a2", "b2", "b2", "a2", "a2", "b2"]);
  });

  it("keeps the figures of the rounds in their order, and none of the warm-up", async () => {
    const { figures } = await measured();
    expect([...figures]).toEqual([
      ["a", [3, 6, 7]],
      ["b", [4, 5, 8]],
    ]);
  });
});
