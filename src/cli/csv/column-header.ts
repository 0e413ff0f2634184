import type { ResourceField } from "../../resources/field";
import type { Resource } from "../../resources/resource";
import { resourceNamed } from "../../resources/resource-map";

/** The column that says where the content of a record is, below a folder that a command is told. */
export const FILE_HEADER = "file";

/** The field that other records and files know a record by, e.g. an employee's number; null where a resource has none. */
export function naturalKey(resource: Pick<Resource, "fields">): ResourceField | null {
  return resource.fields.find(({ unique, required }) => unique && required) ?? null;
}

/** What a cell of a relation holds: the key of the record it leads to, or null where that has none and its id is written. */
export function referenceKey(field: ResourceField): ResourceField | null {
  return field.target === null ? null : naturalKey(resourceNamed(field.target));
}

/**
 * The name of a field's column in files, read and written alike: `hireDate` → `hire_date`. A relation goes by the key of the
 * record it leads to, `manager` → `manager_employee_number`, without saying a word twice: `employee` → `employee_number`.
 */
export function columnHeader(field: ResourceField): string {
  if (field.target === null) return snakeCase(field.name);
  const key = referenceKey(field)?.name ?? "id";
  const own = snakeCase(field.name);
  const other = snakeCase(key);
  return other.startsWith(`${own}_`) ? other : `${own}_${other}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
