import { Brackets, type ObjectLiteral, type SelectQueryBuilder } from "typeorm";
import { badInput } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";

const LONGEST_SEARCH = 200;

/**
 * Narrows `query` to rows where any of `columns` (of name keys, as `alias.property`) contains `search`; does nothing when it is
 * blank. INSTR is in both dialects and takes `%` and `_` for what they are.
 */
export function containsText<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  columns: readonly string[],
  search: string | null | undefined,
  field: string,
): void {
  const wanted = nameKeyOf(search ?? "").trim();
  if (wanted === "") return;
  if (wanted.length > LONGEST_SEARCH) throw badInput(field, `must be at most ${LONGEST_SEARCH} characters`);
  const anyColumn = new Brackets((where) => {
    for (const column of columns) where.orWhere(`INSTR(${column}, :search) > 0`);
  });
  query.andWhere(anyColumn, { search: wanted });
}
