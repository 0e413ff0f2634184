import { Initial1763712000000 } from "../migrations/1763712000000-initial";
import { KeyPolicyAndRotation1763715600000 } from "../migrations/1763715600000-key-policy-and-rotation";
import { UsageAndLimits1763719200000 } from "../migrations/1763719200000-usage-and-limits";
import { AuditChain1763722800000 } from "../migrations/1763722800000-audit-chain";
import { PasswordReset1763726400000 } from "../migrations/1763726400000-password-reset";
import { TimeOffAndCompensation1763730000000 } from "../migrations/1763730000000-time-off-and-compensation";
import { KeyLimits1763732400000 } from "../migrations/1763732400000-key-limits";
import { SubDepartments1763733600000 } from "../migrations/1763733600000-sub-departments";
import { Documents1763737200000 } from "../migrations/1763737200000-documents";
import { AccessExplanationResolver } from "./api-keys/access-explanation.resolver";
import { ApiKey } from "./api-keys/api-key.entity";
import { ApiKeyResolver } from "./api-keys/api-key.resolver";
import { ApiKeyApiSet } from "./api-keys/api-key-api-set.entity";
import { ApiKeyFieldsResolver } from "./api-keys/api-key-fields.resolver";
import { ApiKeySecret } from "./api-keys/api-key-secret.entity";
import { ApiSetUseResolver } from "./api-keys/api-set-use.resolver";
import { LeakResolver } from "./api-keys/leak.resolver";
import { EffectiveGrantResolver, ViewerResolver, ViewerUserResolver } from "./api-keys/viewer.resolver";
import { ApiSet } from "./api-sets/api-set.entity";
import { ApiSetResolver } from "./api-sets/api-set.resolver";
import { AuditEvent } from "./audit/audit-event.entity";
import { AuditEventResolver } from "./audit/audit-event.resolver";
import { AuditHead } from "./audit/audit-head.entity";
import { AuthorityResolver } from "./authorities/authority.resolver";
import { ResourceCatalogueResolver } from "./authorities/resource-catalogue.resolver";
import { DocumentContent } from "./documents/document-content.entity";
import { RateLimitRow } from "./rate-limits/rate-limit.entity";
import { compensation } from "./resources/compensation/compensation.resource";
import { department } from "./resources/department/department.resource";
import { document } from "./resources/document/document.resource";
import { employee } from "./resources/employee/employee.resource";
import type { Resource } from "./resources/resource";
import { timeOff } from "./resources/time-off/time-off.resource";
import { Role } from "./roles/role.entity";
import { RoleResolver } from "./roles/role.resolver";
import { AccountSettings } from "./settings/account-settings.entity";
import { SettingsResolver } from "./settings/settings.resolver";
import { Epoch } from "./store/epoch.entity";
import { ApiKeyUsage } from "./usage/api-key-usage.entity";
import { ApiKeyUsageResolver } from "./usage/api-key-usage.resolver";
import { PasswordReset } from "./users/password-reset.entity";
import { PasswordResetResolver } from "./users/password-reset.resolver";
import { Session } from "./users/session.entity";
import { SessionResolver } from "./users/session.resolver";
import { User } from "./users/user.entity";
import { UserResolver } from "./users/user.resolver";
import { UserRole } from "./users/user-role.entity";

/** Every protected resource. A new one is its folder and a line here. */
export const resources: readonly Resource[] = [department, employee, timeOff, compensation, document];

/** Every table. */
export const entities = [
  Epoch,
  Role,
  User,
  UserRole,
  Session,
  PasswordReset,
  ApiSet,
  ApiKey,
  ApiKeyApiSet,
  ApiKeySecret,
  ApiKeyUsage,
  RateLimitRow,
  AccountSettings,
  AuditEvent,
  AuditHead,
  DocumentContent,
  ...resources.map(({ entity }) => entity),
];

/** In the order in which they run; landed ones are never edited. */
export const migrations = [
  Initial1763712000000,
  KeyPolicyAndRotation1763715600000,
  UsageAndLimits1763719200000,
  AuditChain1763722800000,
  PasswordReset1763726400000,
  TimeOffAndCompensation1763730000000,
  KeyLimits1763732400000,
  SubDepartments1763733600000,
  Documents1763737200000,
];

/** Every class that serves a part of the GraphQL schema. */
export const resolvers: readonly (new () => object)[] = [
  SessionResolver,
  PasswordResetResolver,
  UserResolver,
  RoleResolver,
  AuthorityResolver,
  ResourceCatalogueResolver,
  SettingsResolver,
  ApiSetResolver,
  ApiSetUseResolver,
  ApiKeyResolver,
  AccessExplanationResolver,
  ApiKeyFieldsResolver,
  ApiKeyUsageResolver,
  LeakResolver,
  ViewerResolver,
  ViewerUserResolver,
  EffectiveGrantResolver,
  AuditEventResolver,
  ...resources.map(({ resolver }) => resolver),
];
