/** What may be done to a protected record. CREATE, READ and UPDATE are held field by field, DELETE and DOWNLOAD as a whole. */
export enum Action {
  CREATE = "CREATE",
  READ = "READ",
  UPDATE = "UPDATE",
  DELETE = "DELETE",
  DOWNLOAD = "DOWNLOAD",
}

/**
 * Which records a grant reaches; a record is reached when ANY of the parts names it. `self` is the record of the owner of the
 * session or key, `reports` every record below it in the chain of managers.
 */
export interface RowScope {
  readonly departmentIds?: readonly string[] | null;
  readonly locations?: readonly string[] | null;
  readonly employeeIds?: readonly string[] | null;
  readonly self?: boolean | null;
  readonly reports?: boolean | null;
}

/** Resource + actions + fields (null = ALL, also fields that are added later) + rows (null = every record). */
export interface Grant {
  readonly resource: string;
  readonly actions: readonly Action[];
  readonly fields: readonly string[] | null;
  readonly rows: RowScope | null;
}
