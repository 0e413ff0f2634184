import type { ClassType } from "type-graphql";
import { Action } from "../access/grant";
import { isCompared } from "./field";
import { LONGEST_SEARCH } from "./read-search";
import { inputType, optional, required } from "./schema-declare";
import { guard } from "./schema-guard";
import type { TypeSource } from "./schema-types";

/**
 * `input EmployeeSearch`: words and the fields to look in, each of which needs READ. The caller names the fields, since a search in
 * "whatever you may read" would find other records after every change of a grant.
 */
export function searchInput(source: TypeSource): ClassType {
  const { name, typeName, fields } = source;
  const readsAny = guard(name, Action.READ);
  const texts = fields.filter((field) => field.kind === "text" && isCompared(field));
  const places = inputType(
    `${typeName}SearchFields`,
    `Where to look for words in ${typeName}: at least one field that is true.`,
    readsAny,
    texts.map((field) => optional(field.name, () => Boolean, field.description)),
  );
  const text = `Words to find, whatever their case: each must be in one of the fields. At most ${LONGEST_SEARCH} characters; blank finds every record.`;
  return inputType(`${typeName}Search`, `Words to look for in ${typeName}.`, readsAny, [
    { ...required("text", () => String, text), guard: readsAny },
    { ...required("fields", () => places, "Where to look."), guard: readsAny },
  ]);
}
