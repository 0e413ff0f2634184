import {
  GraphQLBoolean,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isRequiredArgument,
  isUnionType,
} from "graphql";
import type { Choices } from "./choices";
import { type DeclaredVariable, randomLiteral } from "./random-values";

export interface RandomDocument {
  readonly text: string;
  readonly variables: readonly DeclaredVariable[];
}

/** Keeps a case fast: nested lists multiply what the oracle runs. */
const MAX_SELECTIONS = 40;

/** A document whose first operation, `Main`, mixes whatever GraphQL offers; not always valid, nearly always. */
export function randomDocument(choices: Choices, schema: GraphQLSchema): RandomDocument {
  return new DocumentWriter(choices, schema).write();
}

class DocumentWriter {
  private readonly variables: DeclaredVariable[] = [];
  private readonly defaults: string[] = [];
  private readonly fragments: { name: string; on: GraphQLCompositeType; depth: number; text: string }[] = [];
  private aliases = 0;
  private written = 0;

  constructor(
    private readonly choices: Choices,
    private readonly schema: GraphQLSchema,
  ) {}

  write(): RandomDocument {
    const kind = this.choices.of(["query", "query", "query", "mutation"] as const);
    const root = (
      kind === "query" ? this.schema.getQueryType() : this.schema.getMutationType()
    ) as GraphQLCompositeType;
    const selections = this.selections(root, 4);
    const declarations = this.variables.map(({ name, spelling }, at) => `$${name}: ${spelling}${this.defaults[at]}`);
    const header = declarations.length > 0 ? `(${declarations.join(", ")})` : "";
    const parts = [
      `${kind} Main${header} ${selections}`,
      ...this.fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`),
    ];
    if (this.choices.chance(20)) parts.push("query Other { viewer { secrets { pepper } } }");
    return { text: parts.join("\n"), variables: this.variables };
  }

  private selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.choices.below(4);
    const parts = Array.from({ length: count }, () => this.selection(type, depth));
    return `{ ${parts.join(" ")} }`;
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    if (this.choices.areSpent || ++this.written > MAX_SELECTIONS) return "__typename";
    if (type === this.schema.getQueryType() && this.choices.chance(4)) {
      return this.choices.of(["__schema { queryType { name } }", '__type(name: "Employee") { fields { name } }']);
    }
    if (depth > 0 && this.choices.chance(30)) return this.fragment(type, depth - 1);
    if (isUnionType(type)) return depth > 0 ? this.fragment(type, depth - 1) : "__typename";
    return this.field(type, depth);
  }

  private field(type: Exclude<GraphQLCompositeType, { getTypes(): unknown }>, depth: number): string {
    const all = Object.values(type.getFields());
    const usable = depth > 0 ? all : all.filter((field) => !isCompositeType(getNamedType(field.type)));
    if (usable.length === 0) return "__typename";
    const field = this.choices.of(usable);
    const alias = this.choices.chance(80) ? `a${this.aliases++}: ` : "";
    const result = getNamedType(field.type);
    const below = isCompositeType(result) ? ` ${this.selections(result, depth - 1)}` : "";
    return `${alias}${field.name}${this.argumentsOf(field)}${this.directives()}${below}`;
  }

  private argumentsOf(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter((arg) => isRequiredArgument(arg) || this.choices.chance(50));
    if (given.length === 0) return "";
    const spelt = given.map(
      (arg) =>
        `${arg.name}: ${randomLiteral(this.choices, arg.type, 3, (type) => this.variable(type, arg.defaultValue !== undefined && type === arg.type))}`,
    );
    return `(${spelt.join(", ")})`;
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const reusable = this.fragments.filter((known) => known.depth <= depth && this.overlap(known.on, type));
    if (reusable.length > 0 && this.choices.chance(35))
      return `...${this.choices.of(reusable).name}${this.directives()}`;
    const on = this.choices.of(this.overlapping(type));
    const directives = this.directives();
    const text = this.selections(on, depth);
    if (this.choices.chance(40)) {
      const name = `F${this.fragments.length}`;
      this.fragments.push({ name, on, depth, text });
      return `...${name}${directives}`;
    }
    const condition = on === type && this.choices.chance(50) ? "" : ` on ${on.name}`;
    return `...${condition}${directives} ${text}`;
  }

  private directives(): string {
    if (!this.choices.chance(25)) return "";
    return this.choices
      .of([["skip"], ["include"], ["skip", "include"]])
      .map((name) => {
        const condition = this.choices.chance(70) ? this.flag() : this.choices.of(["true", "false"]);
        return ` @${name}(if: ${condition})`;
      })
      .join("");
  }

  private flag(): string {
    const known = this.variables.filter((variable) => String(variable.type) === "Boolean!");
    if (known.length > 0 && this.choices.chance(50)) return `$${this.choices.of(known).name}`;
    return this.declare(new GraphQLNonNull(GraphQLBoolean), false);
  }

  private variable(type: GraphQLInputType, hasLocationDefault: boolean): string | null {
    if (!this.choices.chance(25)) return null;
    const known = this.variables.filter((variable) => String(variable.type) === String(type));
    if (known.length > 0 && this.choices.chance(40)) return `$${this.choices.of(known).name}`;
    return this.declare(type, hasLocationDefault);
  }

  /** Declares a variable that fits `type`: as it is, nullable with a default, or nullable where the place has a default. */
  private declare(type: GraphQLInputType, hasLocationDefault: boolean): string {
    const name = `v${this.variables.length}`;
    const isLoose = isNonNullType(type) && this.choices.chance(35);
    const declared: GraphQLInputType = isLoose ? type.ofType : type;
    const hasDefault = isLoose ? !hasLocationDefault : this.choices.chance(30);
    const literal = () => randomLiteral(this.choices, type, 2, () => null);
    this.variables.push({ name, type: declared, spelling: String(declared), hasDefault });
    this.defaults.push(hasDefault ? ` = ${literal()}` : "");
    return `$${name}`;
  }

  private overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const all = Object.values(this.schema.getTypeMap()).filter((other) => isCompositeType(other));
    return [
      type,
      ...all.filter((other) => other !== type && !other.name.startsWith("__") && this.overlap(other, type)),
    ];
  }

  private overlap(left: GraphQLCompositeType, right: GraphQLCompositeType): boolean {
    const possible = new Set(this.possible(left));
    return this.possible(right).some((type) => possible.has(type));
  }

  private possible(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    return isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
  }
}
