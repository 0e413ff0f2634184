import { Initial1763712000000 } from "../migrations/1763712000000-initial";
import { ApiKey } from "./api-keys/api-key.entity";
import { ApiKeyApiSet } from "./api-keys/api-key-api-set.entity";
import { ApiKeySecret } from "./api-keys/api-key-secret.entity";
import { ApiSet } from "./api-sets/api-set.entity";
import { ApiSetResolver } from "./api-sets/api-set.resolver";
import { AuditEvent } from "./audit/audit-event.entity";
import { department } from "./resources/department/department.resource";
import { employee } from "./resources/employee/employee.resource";
import type { Resource } from "./resources/resource";
import { Role } from "./roles/role.entity";
import { RoleResolver } from "./roles/role.resolver";
import { Epoch } from "./store/epoch.entity";
import { User } from "./users/user.entity";

/** Every protected resource. A new one is its folder and a line here. */
export const resources: readonly Resource[] = [department, employee];

/** Every table. */
export const entities = [
  Epoch,
  User,
  Role,
  ApiSet,
  ApiKey,
  ApiKeyApiSet,
  ApiKeySecret,
  AuditEvent,
  ...resources.map(({ entity }) => entity),
];

/** In the order in which they run; landed ones are never edited. */
export const migrations = [Initial1763712000000];

/** Every class that serves a part of the GraphQL schema. */
export const resolvers: readonly Function[] = [
  RoleResolver,
  ApiSetResolver,
  ...resources.map(({ resolver }) => resolver),
];
