import type { RequestContext } from "../../context";
import { ServiceError } from "../../kernel/service-error";
import { signIn } from "../../users/sign-in";
import { CommandError } from "../run-command";
import { contentOf } from "./content-of";
import type { Credentials, CredentialsFile } from "./credentials";
import { pathForReading } from "./database-place";
import { DEMO_COMPANY, OWNER_EMAIL } from "./demo-plan";
import { ensureAccounts } from "./ensure-accounts";
import { type DemoKey, ensureKeys } from "./ensure-keys";
import { generateCompany } from "./generate-company";
import { generateHistory } from "./generate-history";
import { saveCompany } from "./save-company";
import { saveHistory } from "./save-history";

/** A database that is ready to be shown, with what its visitor needs. */
export interface PreparedDemo {
  /** Whether this run made it. */
  readonly isNew: boolean;
  readonly ownerPassword: string;
  /** A session of the owner, begun by this run. */
  readonly sessionToken: string;
  readonly keys: readonly DemoKey[];
}

/**
 * Makes of an empty database the demo's, and finds everything again in one that is. A run that was interrupted is completed by
 * the next. Throws `CommandError` for a database with other records, which is left as it is. `place` is what to call the
 * database in messages.
 */
export async function prepareDemo(
  operator: RequestContext,
  file: CredentialsFile,
  place: string,
): Promise<PreparedDemo> {
  const content = await contentOf(operator);
  if (content === "OTHERS") {
    throw new CommandError(
      `${place} holds records that are not the demo's and is left alone: let DATABASE_URL name an empty database, or unset it`,
    );
  }
  const credentials = keptOrNew(file, content === "DEMO" ? place : null);
  const company = generateCompany(DEMO_COMPANY);
  if (content === "NOTHING") {
    await operator.store.transaction(async (tx) => {
      await saveCompany(tx, operator, company);
      await saveHistory(tx, operator, generateHistory(DEMO_COMPANY.seed, company));
    });
  }
  const accounts = await ensureAccounts(operator, company, credentials.ownerPassword);
  const tokens: Record<string, string> = { ...credentials.tokens };
  const keys = await ensureKeys(operator, accounts, tokens, (setName, token) => {
    tokens[setName] = token;
    file.write({ ...credentials, tokens });
  });
  const sessionToken = await signInAsOwner(operator, file, credentials.ownerPassword);
  return { isNew: content === "NOTHING", ownerPassword: credentials.ownerPassword, sessionToken, keys };
}

/** New ones only for a database that is still empty: `filled` names one that is not, whose own nobody can make up. */
function keptOrNew(file: CredentialsFile, filled: string | null): Credentials {
  const kept = file.read();
  if (kept !== null) return kept;
  if (filled === null) return file.begin();
  throw new CommandError(
    `${filled} holds the demo, but ${pathForReading(file.path)} with its password and keys is gone: ` +
      "restore it, or remove the database to begin anew",
  );
}

async function signInAsOwner(operator: RequestContext, file: CredentialsFile, password: string): Promise<string> {
  try {
    return (await signIn(operator, OWNER_EMAIL, password)).sessionToken;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== "UNAUTHENTICATED") throw error;
    throw new CommandError(
      `${OWNER_EMAIL} cannot sign in with the password in ${pathForReading(file.path)}: ` +
        "put the present one there, or remove the database to begin anew",
    );
  }
}
