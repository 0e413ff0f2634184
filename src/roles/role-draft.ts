import { requireAuthorityNames } from "../authorities/require-authorities";
import { badInput } from "../kernel/service-error";
import { nameKeyOf, optionalText, requireText } from "../kernel/text";
import type { RoleInput } from "./role.input";

const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 1000;
const HIGHEST_LEVEL = 100;

/** The parts of a `RoleInput` that can be judged without the database; undefined = left out. Grants are judged in the transaction. */
export interface RoleDraft {
  readonly name: string;
  readonly nameKey: string;
  readonly description: string | null | undefined;
  readonly level: number | undefined;
  readonly inheritsId: string | null | undefined;
  readonly authorities: readonly string[] | undefined;
}

/** Throws BAD_USER_INPUT naming the first field at fault. */
export function readRoleInput(input: RoleInput): RoleDraft {
  const name = requireText(input.name, "input.name", LONGEST_NAME);
  const level = input.level ?? undefined;
  if (level !== undefined && (level < 0 || level > HIGHEST_LEVEL)) {
    throw badInput("input.level", `must be from 0 to ${HIGHEST_LEVEL}`);
  }
  return {
    name,
    nameKey: nameKeyOf(name),
    description:
      input.description === undefined
        ? undefined
        : optionalText(input.description, "input.description", LONGEST_DESCRIPTION),
    level,
    inheritsId: input.inheritsId,
    authorities: input.authorities == null ? undefined : requireAuthorityNames(input.authorities, "input.authorities"),
  };
}
