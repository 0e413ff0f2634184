import { department } from "../../resources/department/department.resource";
import { employee } from "../../resources/employee/employee.resource";
import type { ResourceField } from "../../resources/field";
import type { Resource } from "../../resources/resource";

/** A column that a resource's file may have. */
export interface ImportColumn {
  /** As in the file's first line, e.g. `department_code`. */
  readonly header: string;
  readonly field: ResourceField;
  /** The field whose rules its cells follow: `field` itself, or for a relation the key of the record it leads to. */
  readonly rules: ResourceField;
}

/** A resource whose records come in a file, one a line, known by a key of their own. */
export interface ImportTarget {
  readonly resource: Resource;
  /** The field that says which record a row is about; required and unique. */
  readonly key: ResourceField;
  readonly columns: readonly ImportColumn[];
}

/** The key of each resource that files can hold or refer to. */
const KEYS: Readonly<Record<string, ResourceField>> = {
  [department.name]: keyOf(department, "code"),
  [employee.name]: keyOf(employee, "employeeNumber"),
};

/** What can be imported, in the order of work: relations to a later one are set when all records are there. */
export const TARGETS: readonly ImportTarget[] = [department, employee].map((resource) => ({
  resource,
  key: keyField(resource.name),
  columns: resource.fields.map(columnOf),
}));

/** The target of this resource; a name that has none is a programmer's error. */
export function targetNamed(name: string): ImportTarget {
  const target = TARGETS.find(({ resource }) => resource.name === name);
  if (!target) throw new Error(`no file can hold records of ${name}`);
  return target;
}

/**
 * Whether a relation can only be set when every record of the run is there, since it leads to a resource that comes later. One
 * that leads to its own resource is not: acyclic ones are written parents first.
 */
export function isDeferred(target: ImportTarget, field: ResourceField): boolean {
  if (field.target === null) return false;
  const own = TARGETS.indexOf(target);
  const other = TARGETS.indexOf(targetNamed(field.target));
  return other > own || (other === own && !field.acyclic);
}

/** `hireDate` → `hire_date`; a relation goes by the key of the record it leads to: `manager` → `manager_employee_number`. */
function columnOf(field: ResourceField): ImportColumn {
  if (field.target === null) return { header: snakeCase(field.name), field, rules: field };
  const rules = keyField(field.target);
  return { header: `${snakeCase(field.name)}_${snakeCase(rules.name)}`, field, rules };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function keyField(resource: string): ResourceField {
  const key = KEYS[resource];
  if (!key) throw new Error(`records of ${resource} have no key that a file could name them by`);
  return key;
}

function keyOf(resource: Resource, name: string): ResourceField {
  for (const field of resource.fields) {
    // A second unique field could change hands between records within one file, which the order of writing does not allow for.
    if (field.unique && field.name !== name)
      throw new Error(`${resource.name}.${field.name} is unique but not the key`);
  }
  const key = resource.fields.find((field) => field.name === name);
  if (!key?.unique || !key.required) throw new Error(`${resource.name}.${name} is no key`);
  return key;
}
