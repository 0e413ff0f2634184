import { defineResource } from "../define-resource";
import { date } from "../field-date";
import { money } from "../field-number";
import { text } from "../field-text";
import { toOne } from "../field-to-one";
import { notBefore } from "../record-rule";
import { Compensation } from "./compensation.entity";

/**
 * The history of people's pay: one amount at a time. A period may end on the day that the next begins, as payroll systems write
 * it, but two of one person neither overlap further nor begin on the same day.
 */
export const compensation = defineResource({
  name: "compensation",
  plural: "compensations",
  typeName: "Compensation",
  description: "What a person is paid over a period.",
  entity: Compensation,
  fields: {
    employee: toOne("employee", {
      required: true,
      description: "Who is paid.",
    }),
    amount: money({ required: true, description: "Pay per year." }),
    currency: text({
      required: true,
      maxLength: 3,
      pattern: { form: /^[A-Z]{3}$/, problem: "must be an ISO 4217 code: three upper-case letters, e.g. EUR" },
      description: "Currency of the amount, by its ISO 4217 code, e.g. EUR.",
    }),
    effectiveFrom: date({ required: true, description: "First day on which it holds." }),
    effectiveTo: date({
      description: "Day on which it ends, which may be the first of the next; none while it holds.",
    }),
  },
  rules: [notBefore("effectiveTo", "effectiveFrom")],
  period: {
    owner: "employee",
    from: "effectiveFrom",
    to: "effectiveTo",
    mayTouch: true,
    label: "other compensation",
  },
  rowScopes: {
    departmentIds: { own: "employeeId", resource: "employee", match: "id", where: "departmentId" },
    locations: { own: "employeeId", resource: "employee", match: "id", where: "location" },
    employeeIds: "employeeId",
  },
});
