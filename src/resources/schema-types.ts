import { type ClassType, ID, Int } from "type-graphql";
import { Action } from "../access/grant";
import { SortDirection } from "../connection/sort-direction";
import { isCompared, isInput, type ResourceField } from "./field";
import type { Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import { inputType, type Member, objectType, withArticle } from "./schema-declare";
import { guard } from "./schema-guard";
import { IdFilter, typesOf } from "./schema-operators";

/** What the types of a resource are made of. */
export type TypeSource = Pick<Resource, "name" | "typeName" | "description" | "fields" | "attachment">;

/** `type Employee`: each field needs READ of its own name, `id` and `version` any READ grant. All but these two may be denied. */
export function recordType(source: TypeSource): ClassType {
  const { name, typeName, description, fields } = source;
  const readsAny = guard(name, Action.READ);
  return objectType(typeName, description, readsAny, [
    {
      name: "id",
      type: () => ID,
      nullable: false,
      description: "Never changes and is never used again.",
      guard: readsAny,
    },
    {
      name: "version",
      type: () => Int,
      nullable: false,
      description:
        "Moves by one with every change; give it on update or delete to refuse overwriting somebody's change.",
      guard: readsAny,
    },
    ...fields.map((field) => ({
      name: field.name,
      type: field.target === null ? typesOf(field).type : relatedType(field.target),
      nullable: true,
      description: field.target === null ? field.description : `${field.description} ${UNSEEN}`,
      ...(field.readBy && { guard: guard(name, field.readBy) }),
    })),
  ]);
}

/** What a relation may hide, which concerns those who read it and none who filter by it or set it. */
const UNSEEN = "Null also where you may not see that record.";

function relatedType(target: string): Member["type"] {
  return () => resourceNamed(target).objectType;
}

/** `input EmployeeFilter`: a condition on a field needs READ of the field. */
export function filterInput(source: TypeSource): ClassType {
  const { name, typeName, fields } = source;
  const readsAny = guard(name, Action.READ);
  const groups: Member[] = [
    {
      name: "and",
      type: () => [made],
      nullable: true,
      description: "All of these hold; none given: holds.",
      guard: readsAny,
    },
    {
      name: "or",
      type: () => [made],
      nullable: true,
      description: "One of these holds; none given: fails.",
      guard: readsAny,
    },
    { name: "not", type: () => made, nullable: true, description: "This does not hold.", guard: readsAny },
  ];
  const made: ClassType = inputType(
    `${typeName}Filter`,
    `Which records of ${typeName} to list: all conditions given must hold. Empty: every record.`,
    readsAny,
    [
      { name: "id", type: () => IdFilter, nullable: true, description: "Condition on the id.", guard: readsAny },
      ...fields.filter(isCompared).map((field) => ({
        ...columnMember(source, field, Action.READ),
        type: () => typesOf(field).filter,
        nullable: true,
      })),
      ...groups,
    ],
  );
  return made;
}

/** `input EmployeeSort`: one key of an order; ordering by a field needs READ of it. */
export function sortInput(source: TypeSource): ClassType {
  const { name, typeName, fields } = source;
  const readsAny = guard(name, Action.READ);
  return inputType(`${typeName}Sort`, `One key of an order of ${typeName}: exactly one field.`, readsAny, [
    {
      name: "id",
      type: () => SortDirection,
      nullable: true,
      description: "By id: in order of creation.",
      guard: readsAny,
    },
    ...fields.filter(isCompared).map((field) => ({
      ...columnMember(source, field, Action.READ),
      type: () => SortDirection,
      nullable: true,
    })),
  ]);
}

/** `input CreateEmployeeInput`: setting a field needs CREATE of it. */
export function createInput(source: TypeSource): ClassType {
  const { name, typeName, fields } = source;
  const begins = fields.flatMap(({ name: field, initial }) =>
    initial === undefined ? [] : [` Its ${field} begins as ${initial}.`],
  );
  const description = `A new ${typeName}; what is left out has no value.${begins.join("")}`;
  return inputType(`Create${typeName}Input`, description, guard(name, Action.CREATE), [
    ...fields
      .filter((field) => isInput(field, true))
      .map((field) => ({ ...columnMember(source, field, Action.CREATE), nullable: !field.required })),
    ...(source.attachment?.members ?? []).map((member) => ({ guard: guard(name, Action.CREATE), ...member })),
  ]);
}

/** `input UpdateEmployeeInput`: changing a field needs UPDATE of it. */
export function updateInput(source: TypeSource): ClassType {
  const { name, typeName, fields } = source;
  const description = `Changes to ${withArticle(typeName)}: what is left out stays, null takes a value away.`;
  return inputType(`Update${typeName}Input`, description, guard(name, Action.UPDATE), [
    ...fields
      .filter((field) => isInput(field, false))
      .map((field) => ({ ...columnMember(source, field, Action.UPDATE), nullable: true })),
    {
      name: "version",
      type: () => Int,
      nullable: true,
      description: "The version that was read: answers CONFLICT when the record has changed since.",
      guard: guard(name, Action.UPDATE),
    },
  ]);
}

/** A field by its column: relations go by `<field>Id` and so need a guard that names the field. */
function columnMember(source: TypeSource, field: ResourceField, action: Action): Omit<Member, "nullable"> {
  const { column, name, description, target } = field;
  return {
    name: column,
    type: typesOf(field).type,
    description: target === null ? description : `Id of the ${target}: ${continued(description)}`,
    ...(target === null ? {} : { guard: guard(source.name, action, name) }),
  };
}

function continued(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
