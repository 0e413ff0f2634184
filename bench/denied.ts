import { type Contender, measure, type RoundFigures } from "./contender";
import { ratio } from "./report";
import { interleaved, type Plan } from "./rounds";
import { ratioOf, spreadOf } from "./statistics";
import { W2 } from "./workloads/w2";
import type { Samples } from "./workloads/workload";

/** W2 with a field that the key of the data set is not granted. */
const DENIED = "query W2($id: ID!) { employee(id: $id) { firstName salary } }";

/** What it costs to refuse W2, compared with answering it: the goal is no more. */
export async function measureDenied(
  latchkey: Contender,
  folder: string,
  samples: Samples,
  plan: Plan,
): Promise<string> {
  const requests = W2.requests(samples);
  const subjects = [
    { query: W2.document, expects: 200 as const },
    { query: DENIED, expects: 403 as const },
  ];
  const figures = await interleaved(subjects, plan, "denied", ({ query, expects }, seconds) => {
    const bodies = requests.map(({ variables }) => JSON.stringify({ query, variables }));
    return measure(latchkey, folder, { path: "/graphql", bodies, connections: plan.connections, seconds, expects });
  });
  const [allowed = [], denied = []] = subjects.map((subject) => figures.get(subject));
  const cpu = ({ cpuMicros }: RoundFigures): number => cpuMicros;
  const speed = ({ requestsPerSecond }: RoundFigures): number => requestsPerSecond;
  return (
    `Denied / allowed W2: speed ${ratio(ratioOf(denied.map(speed), allowed.map(speed)), 3)}, ` +
    `CPU ${ratio(ratioOf(denied.map(cpu), allowed.map(cpu)), 3)} ` +
    `(${spreadOf(denied.map(cpu)).median.toFixed(0)} and ${spreadOf(allowed.map(cpu)).median.toFixed(0)} µs)`
  );
}
