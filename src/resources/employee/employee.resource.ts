import { defineResource } from "../define-resource";
import { date } from "../field-date";
import { money } from "../field-number";
import { email, text } from "../field-text";
import { toOne } from "../field-to-one";
import { notBefore } from "../record-rule";
import { Employee } from "./employee.entity";

/** The people; `employeeNumber` is the key that other systems know them by. */
export const employee = defineResource({
  name: "employee",
  plural: "employees",
  typeName: "Employee",
  description: "A person who works or worked here.",
  entity: Employee,
  fields: {
    employeeNumber: text({
      required: true,
      unique: true,
      maxLength: 32,
      description: "Key that other systems know the person by; no two people share one.",
    }),
    firstName: text({ required: true, maxLength: 120, description: "Given name." }),
    lastName: text({ required: true, maxLength: 120, description: "Family name." }),
    email: email({ description: "Address at work." }),
    phone: text({ maxLength: 64, description: "Telephone number, as people write it." }),
    birthDate: date({ description: "Day of birth." }),
    gender: text({ maxLength: 32, description: "As the organisation records it, e.g. F, M or X." }),
    hireDate: date({ description: "First day of employment." }),
    terminationDate: date({ description: "Last day of employment; none while it lasts." }),
    jobTitle: text({ maxLength: 120, description: "What the person does." }),
    location: text({ maxLength: 120, description: "Where the person works; row scopes can name it." }),
    salary: money({
      description:
        "Pay per year, in the organisation's currency; kept apart from `compensations`, neither follows the other.",
    }),
    department: toOne("department", { description: "Where the person belongs." }),
    manager: toOne("employee", {
      acyclic: true,
      description: "Whom the person reports to.",
    }),
  },
  rules: [notBefore("terminationDate", "hireDate")],
  lists: [
    {
      name: "reports",
      target: "employee",
      by: "manager",
      description: "Who reports to the person, of those you may see.",
    },
    {
      name: "timeOffs",
      target: "timeOff",
      by: "employee",
      description: "The person's time off, as far as you may see it.",
    },
    {
      name: "compensations",
      target: "compensation",
      by: "employee",
      description: "What the person was and is paid, as far as you may see it.",
    },
    {
      name: "documents",
      target: "document",
      by: "employee",
      description: "The files in the person's folder, as far as you may see them.",
    },
  ],
  rowScopes: { departmentIds: "departmentId", locations: "location", employeeIds: "id" },
});
