import assert from "node:assert/strict";
import { type Contender, post } from "./contender";
import { LATCHKEY, MERCURIUS, ORDINARY, STALE, UNDECIDED, USUAL } from "./targets";
import type { Samples, Workload } from "./workloads/workload";

/** No figure is worth anything unless all do the same work: some requests, each often enough to be known, get equal answers. */
export async function checkAnswers(
  contenders: readonly Contender[],
  workload: Workload,
  samples: Samples,
): Promise<void> {
  const requests = workload.requests(samples);
  const places = [0, 1, Math.floor(requests.length / 2), requests.length - 1];
  for (const request of places.flatMap((at) => requests[at] ?? [])) {
    const answers = await Promise.all(
      contenders.map(async (contender) => {
        const { target } = contender;
        const { status, text } = await post(contender, target.pathOf(workload), target.bodyOf(workload, request));
        assert.equal(status, 200, `${target.name} answered ${status}: ${text.slice(0, 500)}`);
        return JSON.parse(text);
      }),
    );
    for (const [at, answer] of answers.entries()) {
      assert.deepEqual(answer, answers[0], `${contenders[at]?.target.name} answers ${workload.name} otherwise`);
      assert.deepEqual(Object.keys(answer), ["data"]);
    }
  }
}

const NOT_GRANTED = "{ employees(first: 1) { nodes { id salary } } }";

/** A field that is not granted is refused, or null with an error, by everybody but the one whose decision is switched off. */
export async function checkDecisions(contenders: readonly Contender[]): Promise<void> {
  for (const contender of contenders) {
    const { target } = contender;
    const expected = new Map<unknown, number>([
      [LATCHKEY, 403],
      [ORDINARY, 403],
      [STALE, 403],
      [UNDECIDED, 200],
      [MERCURIUS, 200],
      [USUAL, 200],
    ]).get(target);
    if (expected === undefined) continue;
    const { status, text } = await post(contender, "/graphql", JSON.stringify({ query: NOT_GRANTED }));
    assert.equal(status, expected, `${target.name} answered ${status} to a field that is not granted: ${text}`);
    const { data, errors } = JSON.parse(text);
    if (target === UNDECIDED) continue;
    assert.ok(errors?.length > 0, `${target.name} said nothing of a field that is not granted`);
    assert.equal(data?.employees?.nodes?.[0]?.salary ?? null, null, `${target.name} told a field that is not granted`);
  }
}
