import * as fc from "fast-check";
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
} from "graphql";
import { idOf } from "../resources/company";
import {
  departmentFilters,
  departmentSorts,
  employeeFilters,
  employeeSorts,
  type Filter,
  type Sort,
} from "../resources/random-lists";
import { literal } from "./random-access";

/** A request's operation with the values of its variables. */
export interface RandomDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** What lists are asked with; those of other types get small ones of their own. */
interface Inputs {
  readonly Employee: { readonly filter: Filter; readonly sort: readonly Sort[] };
  readonly Department: { readonly filter: Filter; readonly sort: readonly Sort[] };
}

const inputs: fc.Arbitrary<Inputs> = fc.record({
  Employee: fc.record({ filter: employeeFilters, sort: employeeSorts }),
  Department: fc.record({ filter: departmentFilters, sort: departmentSorts }),
});

/** Root fields by how often they are chosen: mostly records, now and then what the fast path leaves alone. */
const ROOTS = ["employees", "departments", "timeOffs", "compensations", "employee", "department", "timeOff", "viewer"];
const RARE_ROOTS = ["roles", "authorities", "resources", "__typename"];
/** Fields whose values change by asking. */
const CHANGING = /^(usage|lastUsed)/;
const AS_STORED = /^(String|ID|Date)$/;
/** Levels of objects below the root. */
const DEEPEST = 5;

/** Documents over all protected resources, with most of what GraphQL's query language has, and with faults. */
export function documents(schema: GraphQLSchema): fc.Arbitrary<RandomDocument> {
  return fc
    .tuple(fc.array(fc.nat(1_000), { minLength: 150, maxLength: 150 }), inputs)
    .map(([numbers, given]) => new DocumentWriter(schema, numbers, given).write());
}

class DocumentWriter {
  private at = 0;
  private named = 0;
  private readonly fragments: string[] = [];
  private readonly declared = new Map<string, string>();
  private readonly variables: Record<string, unknown> = {};

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly numbers: readonly number[],
    private readonly inputs: Inputs,
  ) {}

  write(): RandomDocument {
    const query = this.schema.getQueryType() as GraphQLObjectType;
    const roots = Array.from({ length: 1 + this.below(3) }, () => this.root(query));
    const declared = [...this.declared].map(([name, type]) => `$${name}: ${type}`).join(", ");
    const head = `query Q${declared === "" ? "" : `(${declared})`}`;
    const other = this.chance(10) ? "query Other { __typename }" : "";
    const text = [`${head} { ${roots.join(" ")} }`, other, ...this.fragments].join("\n");
    return { query: text, variables: this.variables, ...(other === "" ? {} : { operationName: "Q" }) };
  }

  private below(count: number): number {
    const number = this.numbers[this.at++] ?? 0;
    return number % count;
  }

  private chance(oneIn: number): boolean {
    return this.below(oneIn) === oneIn - 1;
  }

  private pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }

  private root(query: GraphQLObjectType): string {
    const name = this.chance(25) ? this.pick(RARE_ROOTS) : this.pick(ROOTS);
    const field = query.getFields()[name];
    return field === undefined ? `r${this.named++}: ${name}` : this.field(field, 0);
  }

  private selection(type: GraphQLObjectType, depth: number): string {
    if ("id" in type.getFields() && this.chance(3)) return this.asStored(type, depth);
    const parts = Array.from({ length: 1 + this.below(4) }, () => this.part(type, depth));
    if (this.chance(6)) parts.push(parts[0] as string);
    return `{ ${parts.join(" ")} }`;
  }

  /** What the fast path may have the database write: values that stand in the answer as they are stored, under their own names. */
  private asStored(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter(({ args, type: result }) => {
      const named = getNamedType(result);
      if (!isObjectType(named)) return AS_STORED.test(named.name);
      return depth < DEEPEST && args.length === 0 && "id" in named.getFields();
    });
    const parts = Array.from({ length: 1 + this.below(4) }, () => {
      const { name, type: result } = this.pick(fields);
      const named = getNamedType(result);
      return isObjectType(named) ? `${name} ${this.asStored(named, depth + 1)}` : `${name}${this.directive()}`;
    });
    if (this.chance(4)) parts.push("__typename");
    return `{ ${parts.join(" ")} }`;
  }

  private part(type: GraphQLObjectType, depth: number): string {
    switch (this.below(12)) {
      case 9:
        return this.chance(2) ? "__typename" : `t${this.below(2)}: __typename${this.directive()}`;
      case 10: {
        const condition = this.chance(3) ? "" : ` on ${type.name}`;
        return `...${condition}${this.directive()} ${this.selection(type, depth)}`;
      }
      case 11: {
        const name = `F${this.named++}`;
        this.fragments.push(`fragment ${name} on ${type.name} ${this.selection(type, depth)}`);
        return `...${name}${this.directive()}`;
      }
      default: {
        const all = Object.values(type.getFields()).filter(({ name }) => !CHANGING.test(name));
        const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
        const fields = depth >= DEEPEST && leaves.length > 0 ? leaves : all;
        return this.field(this.pick(fields), depth);
      }
    }
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const result = getNamedType(field.type);
    const given = this.args(field);
    let alias = this.chance(5) ? `${field.name}${this.below(2)}: ` : "";
    // Two of one key must be alike, so what takes arguments is always called something else.
    if (given !== "") alias = `${field.name}_${this.named++}: `;
    const below = isObjectType(result) ? ` ${this.selection(result, depth + 1)}` : "";
    return `${alias}${field.name}${given}${this.directive()}${below}`;
  }

  private directive(): string {
    if (!this.chance(7)) return "";
    const name = this.pick(["skip", "include"]);
    if (this.chance(3)) return ` @${name}(if: ${this.pick(["true", "false"])})`;
    const flag = `flag${this.below(2)}`;
    this.declared.set(flag, flag === "flag0" ? "Boolean!" : "Boolean = true");
    if (flag === "flag0" || this.chance(2)) this.variables[flag] ??= this.chance(2);
    return ` @${name}(if: $${flag})`;
  }

  private args(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap(({ name, type }) => {
      const value = this.argument(name, type, getNamedType(field.type).name.replace("Connection", ""));
      return value === null ? [] : [`${name}: ${value}`];
    });
    return given.length === 0 ? "" : `(${given.join(", ")})`;
  }

  private argument(name: string, type: GraphQLInputType, listed: string): string | null {
    switch (name) {
      case "id":
        return this.value(name, type, this.chance(20) ? this.pick(["", "x"]) : this.id());
      case "first":
        return this.value(name, type, this.chance(25) ? this.pick([0, -1, 501, null]) : this.pick([2, 3, 50]));
      case "after":
        if (this.chance(60)) return '"no cursor"';
        this.declared.set("after", "String");
        return this.chance(2) ? null : "$after";
      case "filter":
        return this.chance(2) ? null : this.value(name, type, this.listInputs(listed).filter);
      case "sort":
        return this.chance(2) ? null : this.value(name, type, this.listInputs(listed).sort);
      default:
        return null;
    }
  }

  private id(): string {
    return idOf(this.pick(["e", "d"]), this.below(5));
  }

  private listInputs(listed: string): { readonly filter: object; readonly sort: readonly object[] } {
    if (listed === "Employee" || listed === "Department") return this.inputs[listed];
    const direction = this.pick(["ASC", "DESC"]);
    return listed === "TimeOff"
      ? { filter: { startDate: { gt: "2000-01-01" } }, sort: [{ startDate: direction }] }
      : { filter: { amount: { gte: 10 } }, sort: [{ effectiveFrom: direction }, { id: direction }] };
  }

  /** As a literal or as a variable, now and then of another type than the place takes. */
  private value(name: string, type: GraphQLInputType, value: unknown): string {
    if (this.chance(2)) return literal(value);
    const variable = `${name}${this.named++}`;
    this.declared.set(variable, String(type));
    this.variables[variable] = this.chance(40) ? [{}] : value;
    return `$${variable}`;
  }
}
