import type { RequestContext } from "../../src/context";
import type { Node } from "../../src/resources/read-mapper";
import { completedInTurns } from "../../src/resources/read-parts";
import type { PageSelection, Selection } from "../../src/resources/read-selection";

const NOTHING: Selection = { columns: [], relations: [], hasLists: false, key: "" };
/** Nine relations: a hundred such records are read, and completed, at once. */
const selection = {
  nodes: { ...NOTHING, relations: Array.from({ length: 9 }, () => ({ selection: NOTHING })) },
} as unknown as PageSelection;
const nodes = (count: number): Node[] => Array.from({ length: count }, (_, at) => ({ id: String(at) }) as Node);

describe("records that graphql-js completes", () => {
  it("are all there where they are few", () => {
    const few = nodes(100);
    expect(completedInTurns({} as RequestContext, few, selection)).toBe(few);
  });

  it("come in turns where they are many, in their order", async () => {
    let turn = 0;
    const count = (): void => {
      turn += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const ctx = {} as RequestContext;
    const came: number[] = [];
    const lists = [nodes(350), nodes(101)];
    const found = await Promise.all(
      lists.map((list) =>
        Promise.all(
          completedInTurns(ctx, list, selection).map(async (node) => {
            const one = await node;
            came.push(turn);
            return one;
          }),
        ),
      ),
    );
    clearImmediate(timer);
    expect(found).toEqual(lists);
    const perTurn = came.reduce((sums, at) => sums.set(at, (sums.get(at) ?? 0) + 1), new Map<number, number>());
    // Those that are there, of both lists, come at once; the rest, a hundred of one list at a time.
    expect([...perTurn.values()]).toEqual([200, 100, 100, 50, 1]);
  });
});
