import { argon2id, hash, verify } from "argon2";
import { badInput } from "../kernel/service-error";
import { createBoundedQueue } from "./bounded-queue";

const SHORTEST = 12;
const LONGEST = 200;

/** argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, 2024): about 20 ms here. */
const COST = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash of a random value that nobody kept, of the same cost: what a password is verified against when there is no other. */
const NOBODYS_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$SVZkU/EwmZyXb+8BlvGJ0A$hluki2K/QOYyVhF1HOwgTkERUbsPddQNMDYiFO8sBGM";

/** Two at a time leave half of libuv's four threads to files and name look-ups. */
const inTurn = createBoundedQueue(2, 100);

/** How many passwords of this process wait for their turn to be hashed or verified. */
export function passwordsWaiting(): number {
  return inTurn.waiting();
}

/** Whose password it is, as far as it must not be their name or address. */
export interface PasswordOwner {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/**
 * Refuses with BAD_USER_INPUT a password outside 12 to 200 characters, or one that is the user's own address or name. Length
 * alone is asked for, no mixture of characters (NIST SP 800-63B, 5.1.1.2).
 */
export function requirePassword(password: string, field: string, owner: PasswordOwner): void {
  const { length } = [...spelled(password)];
  if (length < SHORTEST || length > LONGEST) throw badInput(field, `must have ${SHORTEST} to ${LONGEST} characters`);
  const [address, first, last] = [owner.email, owner.firstName, owner.lastName].map(compared) as [
    string,
    string,
    string,
  ];
  const guessable = [address, address.split("@")[0], first, last, `${first} ${last}`, `${first}${last}`];
  if (guessable.includes(compared(password))) throw badInput(field, "must not be the user's name or email address");
}

/** The hash to store, in PHC string form. Throws RATE_LIMITED when too many are being made. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(spelled(password), COST));
}

/**
 * Whether `password` is the one of `stored`. Costs the same when there is no hash, so that the time of an answer does not tell
 * whether an account exists.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  // What cannot be a password is not hashed either: its length would be the caller's to choose.
  const isPossible = password.length <= LONGEST * 2;
  const matches = await inTurn(() => verify(stored ?? NOBODYS_HASH, isPossible ? spelled(password) : ""));
  return matches && isPossible && stored !== null;
}

/** One spelling for what keyboards send in several (NIST SP 800-63B asks for NFKC or NFKD). */
function spelled(password: string): string {
  return password.normalize("NFKC");
}

function compared(text: string): string {
  return spelled(text).trim().toLowerCase();
}
