import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";
import { type AccessIndex, FREE } from "./access-index";

/** A coordinate that needs a permission. */
export interface Touch {
  readonly coordinate: string;
  readonly bit: number;
}

/** An input type, compiled for reading values: what each place of a value must look like and what it needs. */
export type InputShape =
  | { readonly kind: "REQUIRED"; readonly of: InputShape; readonly type: GraphQLInputType }
  | { readonly kind: "LIST"; readonly of: InputShape; readonly type: GraphQLInputType }
  | ObjectShape
  | { readonly kind: "LEAF"; readonly type: GraphQLLeafType };

export interface ObjectShape {
  readonly kind: "OBJECT";
  readonly type: GraphQLInputObjectType;
  readonly fields: ReadonlyMap<string, FieldShape>;
}

export interface FieldShape {
  /** What naming the field needs; null = nothing. */
  readonly touch: Touch | null;
  readonly shape: InputShape;
  /** Non-null and without a default. */
  readonly isRequired: boolean;
}

/**
 * Compiles input types, each once, also recursive ones. With no index nothing needs anything: for the filtered schema, whose
 * values are only explained.
 */
export class InputShapes {
  private readonly objects = new Map<GraphQLInputObjectType, ObjectShape>();

  constructor(private readonly index: AccessIndex | null) {}

  of(type: GraphQLInputType): InputShape {
    if (isNonNullType(type)) return { kind: "REQUIRED", of: this.of(type.ofType), type };
    if (isListType(type)) return { kind: "LIST", of: this.of(type.ofType), type };
    return isInputObjectType(type) ? this.ofObject(type) : { kind: "LEAF", type };
  }

  private ofObject(type: GraphQLInputObjectType): ObjectShape {
    const known = this.objects.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, FieldShape>();
    const shape: ObjectShape = { kind: "OBJECT", type, fields };
    this.objects.set(type, shape);
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const bit = this.index?.requirementOf(coordinate) ?? FREE;
      fields.set(field.name, {
        touch: bit === FREE ? null : { coordinate, bit },
        shape: this.of(field.type),
        isRequired: isRequiredInputField(field),
      });
    }
    return shape;
  }
}
