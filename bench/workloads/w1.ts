import { PAGE_SIZE, type Workload } from "./workload";

/** A page of employees with their departments. Where it starts varies from request to request, by variable. */
export const W1: Workload = {
  name: "W1",
  about: `${PAGE_SIZE} employees with their departments, 400 fields; another page each time`,
  document: `query W1($first: Int!, $after: String) {
  employees(first: $first, after: $after) {
    nodes { id firstName lastName email jobTitle department { id name } }
  }
}`,
  requests: ({ pages }) =>
    pages.map(({ cursor, afterId }) => ({
      variables: { first: PAGE_SIZE, after: cursor },
      plain: { first: PAGE_SIZE, after: afterId },
    })),
};
