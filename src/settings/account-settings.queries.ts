import type { EntityManager } from "typeorm";
import { AccountSettings } from "./account-settings.entity";

/** How long API keys may live. */
export type ApiKeyPolicy = Readonly<
  Pick<AccountSettings, "apiKeyDefaultLifetimeDays" | "apiKeyMaximumLifetimeDays" | "apiKeysMayNeverExpire">
>;

/** The account's settings, as `manager` sees them: within `store.change`, nobody changes them meanwhile. */
export async function readAccountSettings(manager: EntityManager): Promise<AccountSettings> {
  const settings = await manager.findOneBy(AccountSettings, { id: 1 });
  if (settings === null) throw new Error("The row of account_settings is missing: migrations have not run");
  return settings;
}
