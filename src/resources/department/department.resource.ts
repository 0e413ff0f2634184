import { defineResource } from "../define-resource";
import { text } from "../field-text";
import { toOne } from "../field-to-one";
import { Department } from "./department.entity";

/**
 * The departments; `code` is the key that other systems know them by.
 *
 * Row scopes that name people (employees, SELF, REPORTS) reach the departments these people are in; locations reach none, since
 * a department has no location. Those that name departments reach the ones below these as well.
 */
export const department = defineResource({
  name: "department",
  plural: "departments",
  typeName: "Department",
  description: "A part of the organisation that people belong to.",
  entity: Department,
  fields: {
    code: text({
      required: true,
      unique: true,
      maxLength: 32,
      description: "Key that other systems know the department by; no two share one.",
    }),
    name: text({ required: true, maxLength: 120, description: "What people call it." }),
    manager: toOne("employee", { description: "Who leads it." }),
    parent: toOne("department", {
      acyclic: true,
      description: "What it is a part of. Row scopes that name that one reach this one, too.",
    }),
  },
  lists: [
    {
      name: "employees",
      target: "employee",
      by: "department",
      description: "Who belongs to it, of those you may see; not those of the departments below it.",
    },
    {
      name: "departments",
      target: "department",
      by: "parent",
      description: "What it is divided into, of those you may see.",
    },
  ],
  rowScopes: {
    departmentIds: "id",
    employeeIds: { own: "id", resource: "employee", match: "departmentId", where: "id" },
  },
});
