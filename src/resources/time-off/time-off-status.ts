import { registerEnumType } from "type-graphql";

/** Where a request for time off stands. The two that nobody has refused or taken back count as absence. */
export enum TimeOffStatus {
  REQUESTED = "REQUESTED",
  APPROVED = "APPROVED",
  REJECTED = "REJECTED",
  CANCELLED = "CANCELLED",
}

registerEnumType(TimeOffStatus, {
  name: "TimeOffStatus",
  description: "Where a request for time off stands.",
  valuesConfig: {
    REQUESTED: { description: "Asked for; to be approved, rejected or cancelled." },
    APPROVED: { description: "Granted; it can still be cancelled." },
    REJECTED: { description: "Refused, for good." },
    CANCELLED: { description: "Taken back, for good." },
  },
});
