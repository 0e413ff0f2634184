import { registerEnumType } from "type-graphql";

/** What stands behind an account. */
export enum UserKind {
  EMPLOYEE = "EMPLOYEE",
  NON_EMPLOYEE = "NON_EMPLOYEE",
  BOT = "BOT",
}

registerEnumType(UserKind, {
  name: "UserKind",
  description: "What stands behind an account.",
  valuesConfig: {
    EMPLOYEE: { description: "A person with an employee record." },
    NON_EMPLOYEE: { description: "A person without one, e.g. a vendor's engineer." },
    BOT: { description: "A machine; it works through API keys." },
  },
});
