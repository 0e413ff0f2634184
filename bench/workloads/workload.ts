/** The fields that the workloads read, and the only ones that the key of the data set is granted. */
export const EMPLOYEE_FIELDS = ["firstName", "lastName", "email", "jobTitle", "department"] as const;
export const DEPARTMENT_FIELDS = ["name"] as const;

/** Rows of one page. */
export const PAGE_SIZE = 50;

/** One page of all employees: who speaks GraphQL finds its beginning by cursor, the floor by the id that the cursor stands for. */
export interface Page {
  readonly cursor: string | null;
  readonly afterId: string | null;
}

/** What requests are about: every page of all employees, and every employee. */
export interface Samples {
  readonly pages: readonly Page[];
  readonly ids: readonly string[];
}

/** One request of a workload, as variables of the document and as what the floor takes in its place. */
export interface WorkloadRequest {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly plain: Readonly<Record<string, unknown>>;
}

/** Work that every target does; each is a file of this folder and a line in `WORKLOADS`. */
export interface Workload {
  readonly name: string;
  /** For the reader of the figures. */
  readonly about: string;
  readonly document: string;
  /** Sent in turn by every connection, so that no two requests in a row ask for the same where there is anything to vary. */
  requests(samples: Samples): readonly WorkloadRequest[];
}
