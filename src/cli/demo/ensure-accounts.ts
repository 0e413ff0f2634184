import type { RequestContext } from "../../context";
import { nameKeyOf } from "../../kernel/text";
import { createRole } from "../../roles/create-role";
import { Role } from "../../roles/role.entity";
import { createUser } from "../../users/create-user";
import { ensureOwner } from "../../users/ensure-owner";
import { User } from "../../users/user.entity";
import type { Company } from "./company";
import { DEMO_ROLES, DEMO_USERS, type DemoUser, type DemoUserName, OWNER_EMAIL } from "./demo-plan";

/**
 * Makes the owner, the custom roles and the other accounts, as far as they are not there yet, by the same functions as the API:
 * guards and audit trail apply. Returns the id of each account.
 */
export async function ensureAccounts(
  operator: RequestContext,
  company: Company,
  ownerPassword: string,
): Promise<Readonly<Record<DemoUserName, string>>> {
  await ensureOwner(operator, { email: OWNER_EMAIL, password: ownerPassword });
  for (const role of DEMO_ROLES) {
    if ((await findRole(operator, "nameKey", nameKeyOf(role.name))) === null) {
      await createRole(operator, role);
    }
  }
  const ids = new Map<string, string>();
  for (const [name, user] of Object.entries(DEMO_USERS)) ids.set(name, await ensureUser(operator, company, user));
  return Object.fromEntries(ids) as Record<DemoUserName, string>;
}

async function ensureUser(
  operator: RequestContext,
  company: Company,
  { kind, role, person }: DemoUser,
): Promise<string> {
  const { employeeId, ...identity } =
    "jobTitle" in person ? employeeWith(company, person.jobTitle) : { ...person, employeeId: null };
  const known = await operator.store.reader
    .createQueryBuilder(User, "user")
    .where("user.emailKey = :emailKey", { emailKey: nameKeyOf(identity.email) })
    .getOne();
  if (known !== null) return known.id;
  const held =
    "builtIn" in role
      ? await findRole(operator, "key", role.builtIn)
      : await findRole(operator, "nameKey", nameKeyOf(role.custom));
  if (held === null) throw new Error(`the role of ${identity.email} does not exist`);
  const user = await createUser(operator, { kind, ...identity, employeeId, roleIds: [held.id] });
  return user.id;
}

function findRole(operator: RequestContext, by: "key" | "nameKey", value: string): Promise<Role | null> {
  return operator.store.reader.createQueryBuilder(Role, "role").where(`role.${by} = :value`, { value }).getOne();
}

/** The first of that title to be hired who has not left, as generated: what was edited since must not make another account. */
function employeeWith({ employees }: Company, jobTitle: string) {
  const found = employees.find((employee) => employee.jobTitle === jobTitle && employee.terminationDate === null);
  if (found === undefined) throw new Error(`the demo's company has no ${jobTitle}`);
  const { id: employeeId, firstName, lastName, email } = found;
  return { employeeId, firstName, lastName, email };
}
