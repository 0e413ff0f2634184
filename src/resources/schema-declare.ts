import { type ClassType, Directive, Field, InputType, ObjectType } from "type-graphql";

/** One field, input field or argument of a generated class. */
export interface Member {
  readonly name: string;
  readonly type: () => object;
  readonly nullable: boolean;
  readonly description: string;
  /** Directive of its own; without one the class's directive covers it. */
  readonly guard?: string;
}

/** A class with this name, which type-graphql shows nowhere but in its own error messages. */
export function namedClass(name: string): ClassType {
  const made = class {};
  Object.defineProperty(made, "name", { value: name });
  return made;
}

/** Applies type-graphql's property decorators; the same calls that `@Field` and `@Directive` make on a written class. */
export function declareMembers(made: ClassType, members: readonly Member[]): void {
  for (const { name, type, nullable, description, guard } of members) {
    Field(type, { nullable, description })(made.prototype as object, name);
    if (guard !== undefined) Directive(guard)(made.prototype as object, name);
  }
}

/** A generated input object type; `guard` covers every field without one of its own, by the field's name. */
export function inputType(name: string, description: string, guard: string, members: readonly Member[]): ClassType {
  const made = namedClass(name);
  declareMembers(made, members);
  InputType(name, { description })(made);
  Directive(guard)(made);
  return made;
}

/** A generated object type, guarded like an input type. Records are plain objects, so no field needs a resolver. */
export function objectType(name: string, description: string, guard: string, members: readonly Member[]): ClassType {
  const made = namedClass(name);
  declareMembers(made, members);
  ObjectType(name, { description, simpleResolvers: true })(made);
  Directive(guard)(made);
  return made;
}

/** A member that may be null or left out. */
export function optional(name: string, type: Member["type"], description: string): Member {
  return { name, type, nullable: true, description };
}

/** A member that always has a value. */
export function required(name: string, type: Member["type"], description: string): Member {
  return { name, type, nullable: false, description };
}

/** `an Employee`, for descriptions. */
export function withArticle(typeName: string): string {
  return `${/^[AEIO]/.test(typeName) ? "an" : "a"} ${typeName}`;
}
