import { ArgsType, Field, ID, Int } from "type-graphql";
import { PAGE_SIZE } from "../kernel/page-size";
import { badInput } from "../kernel/service-error";

export const DEFAULT_PAGE = PAGE_SIZE.usual;
export const LARGEST_PAGE = PAGE_SIZE.largest;

/** `first` and `after` of a management list; resources declare theirs with @access. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `Rows at most: 1 to ${LARGEST_PAGE}, ${DEFAULT_PAGE} when omitted.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "Cursor to list after." })
  after?: string | null;
}

/** One id argument, so that every `thing(id:)` is written alike. */
@ArgsType()
export class IdArgs {
  @Field(() => ID)
  id!: string;
}

/** The page size to use; throws BAD_USER_INPUT naming `first` outside 1 … 500. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE;
  if (size < 1 || size > LARGEST_PAGE) throw badInput("first", `must be from 1 to ${LARGEST_PAGE}`);
  return size;
}
