import { cleanFileName } from "../../documents/file-name";
import { compensation } from "../../resources/compensation/compensation.resource";
import { department } from "../../resources/department/department.resource";
import { document } from "../../resources/document/document.resource";
import { employee } from "../../resources/employee/employee.resource";
import type { ResourceField } from "../../resources/field";
import { fieldNamed, type Resource } from "../../resources/resource";
import { timeOff } from "../../resources/time-off/time-off.resource";
import { columnHeader, FILE_HEADER, naturalKey, referenceKey } from "../csv/column-header";
import { contentOf, type ImportedContent } from "./content-columns";
import type { ImportColumn, StandIn } from "./import-column";

/** A resource whose records come in a file, one a line, known by a key of their own. */
export interface ImportTarget {
  readonly resource: Resource;
  /**
   * The fields that say together which record a row is about, all of them required. One alone is unique, so that other records
   * can refer to it; several begin with the owner of the record.
   */
  readonly key: readonly [ResourceField, ...ResourceField[]];
  /** Whether several records can share a key, as a request that was rejected and made again does. See match-rows.ts. */
  readonly isRepeatable: boolean;
  readonly columns: readonly ImportColumn[];
  /** Names of columns that an export has and an import passes over, since they follow from others or from the content. */
  readonly derived: readonly string[];
  /** What is kept outside of the table, and comes from files that the rows name. */
  readonly content: ImportedContent | null;
}

/** What is said of a resource beyond its fields. */
interface FileForm {
  readonly key?: readonly [string, ...string[]];
  readonly isRepeatable?: boolean;
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  readonly never?: Readonly<Record<string, readonly string[]>>;
  readonly assumed?: Readonly<Record<string, string>>;
  readonly standIns?: Readonly<Record<string, StandIn>>;
}

/** ISO 4217's code where no currency is meant: what is not known is not made up. */
const NO_CURRENCY = "XXX";

/** What can be imported, in the order of work: relations to a later one are set when all records are there. */
export const TARGETS: readonly ImportTarget[] = [
  targetOf(department),
  targetOf(employee),
  targetOf(compensation, {
    key: ["employee", "effectiveFrom"],
    aliases: { effectiveFrom: ["from_date"], effectiveTo: ["to_date"] },
    never: { effectiveTo: ["9999-01-01", "9999-12-31"] },
    assumed: { currency: NO_CURRENCY },
  }),
  targetOf(timeOff, { key: ["employee", "startDate"], isRepeatable: true }),
  targetOf(document, {
    key: ["employee", "title", "fileName"],
    isRepeatable: true,
    standIns: { fileName: { header: FILE_HEADER, read: cleanFileName } },
  }),
];

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

function targetOf(resource: Resource, form: FileForm = {}): ImportTarget {
  const content = contentOf(resource);
  const isRead = ({ derived, setBy }: ResourceField): boolean => derived === undefined && setBy !== "service";
  const own = resource.fields.filter(isRead).map((field) => columnOf(field, form));
  return {
    resource,
    key: form.key ? compositeKey(resource, form.key) : [singleKey(resource)],
    isRepeatable: form.isRepeatable ?? false,
    columns: content ? [...own, content.file] : own,
    derived: resource.fields.filter((field) => !isRead(field)).map(columnHeader),
    content,
  };
}

function columnOf(field: ResourceField, { aliases, never, assumed, standIns }: FileForm): ImportColumn {
  const rules = field.target === null ? field : referenceKey(field);
  if (rules === null) throw new Error(`records of ${field.target} have no key that a file could name them by`);
  const fallback = field.initial ?? assumed?.[field.name];
  const standIn = standIns?.[field.name];
  return {
    header: columnHeader(field),
    aliases: aliases?.[field.name] ?? [],
    field,
    rules,
    never: never?.[field.name] ?? [],
    ...(fallback !== undefined && { assumed: fallback }),
    ...(standIn !== undefined && { standIn }),
  };
}

function singleKey(resource: Resource): ResourceField {
  const key = naturalKey(resource);
  if (!key) throw new Error(`${resource.name} has no key`);
  const other = resource.fields.find((field) => field.unique && field !== key);
  // A second unique field could change hands between records within one file, which the order of writing does not allow for.
  if (other) throw new Error(`${resource.name}.${other.name} is unique but not the key`);
  return key;
}

function compositeKey(resource: Resource, names: readonly [string, ...string[]]): [ResourceField, ...ResourceField[]] {
  const [first, ...rest] = names.map((name) => {
    const field = fieldNamed(resource, name);
    if (!field?.required) throw new Error(`${resource.name}.${name} is no part of a key`);
    return field;
  });
  if (!first?.target) throw new Error(`the key of ${resource.name} begins with no owner`);
  return [first, ...rest];
}
