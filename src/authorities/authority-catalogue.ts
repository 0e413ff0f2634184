/** One administrative capability, as `authorities` lists it. */
export interface AuthorityEntry {
  /** Stored in roles and named by `@authority(anyOf:)`; never renamed. */
  readonly name: string;
  /** Heading under which the console lists it. */
  readonly area: "keys" | "users" | "roles" | "API sets" | "account";
  /** What its holder may do, in plain words. */
  readonly description: string;
}

/**
 * Every authority there is, in the order in which they are listed. None implies another; only role inheritance adds to what a
 * role gives.
 */
export const AUTHORITY_CATALOGUE = [
  { name: "MANAGE_USER_API_KEY", area: "keys", description: "Generate, change, rotate and revoke one's own API keys." },
  { name: "VIEW_ALL_API_KEYS", area: "keys", description: "See the API keys of every user, without their secrets." },
  { name: "REVOKE_ANY_API_KEY", area: "keys", description: "Revoke, disable or enable any user's API key." },
  { name: "REVOKE_ALL_API_KEYS", area: "keys", description: "Revoke every API key of the account at once." },
  {
    name: "MANAGE_BOT_API_KEYS",
    area: "keys",
    description: "Generate and change API keys for bots and non-employee users.",
  },
  { name: "VIEW_USERS", area: "users", description: "See users, their status and their roles." },
  { name: "MANAGE_USERS", area: "users", description: "Create and edit users, disable and enable them." },
  { name: "VIEW_ROLES", area: "roles", description: "See roles and what they give." },
  { name: "MANAGE_ROLES", area: "roles", description: "Create, edit and delete roles, within what one holds oneself." },
  { name: "ASSIGN_ROLES", area: "roles", description: "Give users roles and take them away, within one's own level." },
  {
    name: "MANAGE_API_SETS",
    area: "API sets",
    description: "Create, edit and delete the API sets that keys are bound to.",
  },
  { name: "VIEW_AUDIT", area: "account", description: "Read the audit trail." },
  {
    name: "MANAGE_SETTINGS",
    area: "account",
    description: "Change account settings, such as how long API keys may live.",
  },
] as const satisfies readonly AuthorityEntry[];

/** Name of an authority in the catalogue. */
export type AuthorityName = (typeof AUTHORITY_CATALOGUE)[number]["name"];

/** The names alone, in the order of the catalogue. */
export const AUTHORITY_NAMES: readonly AuthorityName[] = AUTHORITY_CATALOGUE.map(({ name }) => name);

const KNOWN: ReadonlySet<string> = new Set(AUTHORITY_NAMES);

/** Whether an authority of this name exists, e.g. to judge what a client or a database row names. */
export function isAuthorityName(name: string): name is AuthorityName {
  return KNOWN.has(name);
}
