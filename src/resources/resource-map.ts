import { declareActions } from "../audit/audit-actions";
import type { Resource } from "./resource";

const defined = new Map<string, Resource>();

/** Makes a resource known by name, and what the audit trail may tell of its records; a second one of the same name is a programmer's error. */
export function addResource(resource: Resource): void {
  if (defined.has(resource.name)) throw new Error(`resource ${resource.name} is defined twice`);
  defined.set(resource.name, resource);
  declareActions(resource.name, ["create", "update", "delete", ...resource.steps.map(({ verb }) => verb)]);
  // A record with something outside of its table does not come out of a CSV file.
  for (const area of ["import", "export"]) declareActions(area, [resource.plural]);
}

/**
 * The resource that a relation names. Asked only once every resource is defined (when the schema is built and later), which is
 * what lets resources refer to each other without importing each other.
 */
export function resourceNamed(name: string): Resource {
  const resource = defined.get(name);
  if (!resource) throw new Error(`no resource is called ${name}: is it in src/registry.ts?`);
  return resource;
}
