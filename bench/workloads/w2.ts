import type { Workload } from "./workload";

/** Requests that are made ready; more would only make the load generator's memory grow. */
const MOST_REQUESTS = 500;

/** One employee by id; another one each time. */
export const W2: Workload = {
  name: "W2",
  about: "one employee by id, two fields; another one each time",
  document: "query W2($id: ID!) { employee(id: $id) { firstName lastName } }",
  requests({ ids }) {
    const step = Math.max(1, Math.floor(ids.length / MOST_REQUESTS));
    return ids.filter((_, at) => at % step === 0).map((id) => ({ variables: { id }, plain: { id } }));
  },
};
