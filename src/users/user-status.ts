import { registerEnumType } from "type-graphql";

/** Whether an account may be used. Expiry is a date of its own, not a status. */
export enum UserStatus {
  ACTIVE = "ACTIVE",
  DISABLED = "DISABLED",
  LOCKED = "LOCKED",
}

registerEnumType(UserStatus, {
  name: "UserStatus",
  description: "Whether an account may be used.",
  valuesConfig: {
    ACTIVE: { description: "It may, until it expires." },
    DISABLED: { description: "It may not, until an administrator sets it ACTIVE." },
    LOCKED: {
      description: "It may not for a while after too many bad passwords, or, locked by hand, until set ACTIVE.",
    },
  },
});
