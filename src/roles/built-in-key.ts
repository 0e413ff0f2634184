/** Built-in roles by the key that never changes, whatever they are called in the console. */
export type BuiltInKey = "ACCOUNT_OWNER" | "ADMINISTRATOR" | "DEVELOPER" | "HR_MANAGER" | "EMPLOYEE";

/** The role whose usable holders the account must never run out of. */
export const OWNER_KEY: BuiltInKey = "ACCOUNT_OWNER";
