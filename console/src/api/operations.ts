// Written by scripts/generate-console-operations.mjs from *.graphql beside it; not by hand.
import type { Operation } from "./operation";

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type Action =
  | 'CREATE'
  | 'DELETE'
  | 'DOWNLOAD'
  | 'READ'
  | 'UPDATE';

export type ApiKeyFilter = {
  ownerId?: string | null | undefined;
  search?: string | null | undefined;
  status?: ApiKeyStatus | null | undefined;
  unusedForDays?: number | null | undefined;
};

export type ApiKeySecretState =
  | 'ACTIVE'
  | 'GRACE'
  | 'PENDING'
  | 'RETIRED';

export type ApiKeyStatus =
  | 'ACTIVE'
  | 'DISABLED'
  | 'EXPIRED'
  | 'REVOKED';

export type GenerateApiKeyInput = {
  allowedIps?: Array<string> | null | undefined;
  apiSetIds?: Array<string> | null | undefined;
  application?: string | null | undefined;
  callsPerMinute?: number | null | undefined;
  description?: string | null | undefined;
  deviceId?: string | null | undefined;
  expiresAt?: string | null | undefined;
  forUserId?: string | null | undefined;
  grants?: Array<GrantInput> | null | undefined;
  limits?: OperationLimitsInput | null | undefined;
  name: string;
  neverExpires?: boolean | null | undefined;
  onDenied?: OnDenied | null | undefined;
  value?: string | null | undefined;
};

export type GrantInput = {
  actions: Array<Action>;
  fields?: Array<string> | null | undefined;
  resource: string;
  rows?: RowScopeInput | null | undefined;
};

export type OnDenied =
  | 'ERROR'
  | 'NULL';

export type OperationLimitsInput = {
  aliases?: number | null | undefined;
  cost?: number | null | undefined;
  depth?: number | null | undefined;
  rootFields?: number | null | undefined;
  rows?: number | null | undefined;
  selections?: number | null | undefined;
};

export type RowScopeInput = {
  departmentIds?: Array<string> | null | undefined;
  employeeIds?: Array<string> | null | undefined;
  locations?: Array<string> | null | undefined;
  reports?: boolean | null | undefined;
  self?: boolean | null | undefined;
};

export type UpdateApiKeyInput = {
  allowedIps?: Array<string> | null | undefined;
  apiSetIds?: Array<string> | null | undefined;
  application?: string | null | undefined;
  callsPerMinute?: number | null | undefined;
  description?: string | null | undefined;
  deviceId?: string | null | undefined;
  expiresAt?: string | null | undefined;
  grants?: Array<GrantInput> | null | undefined;
  limits?: OperationLimitsInput | null | undefined;
  name?: string | null | undefined;
  neverExpires?: boolean | null | undefined;
  onDenied?: OnDenied | null | undefined;
  version?: number | null | undefined;
};

export type UserKind =
  | 'BOT'
  | 'EMPLOYEE'
  | 'NON_EMPLOYEE';

export type GrantPartsFragment = { resource: string, actions: Array<Action>, fields: Array<string> | null, rows: { departmentIds: Array<string> | null, locations: Array<string> | null, employeeIds: Array<string> | null, self: boolean | null, reports: boolean | null } | null };

export type KeyFactsFragment = { id: string, name: string, description: string | null, tokenPrefix: string | null, application: string, deviceId: string, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null, retiredSecretUsedAt: string | null, status: ApiKeyStatus, version: number, owner: { id: string, firstName: string, lastName: string, email: string, kind: UserKind } };

export type ApiKeysQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter: ApiKeyFilter;
  usedSince: string;
}>;


export type ApiKeysQuery = { apiKeys: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, description: string | null, tokenPrefix: string | null, application: string, deviceId: string, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null, retiredSecretUsedAt: string | null, status: ApiKeyStatus, version: number, usage: Array<{ calls: number, denials: number }>, owner: { id: string, firstName: string, lastName: string, email: string, kind: UserKind } }> } };

export type ApiKeyDetailsQueryVariables = Exact<{
  id: string;
  usedSince: string;
}>;


export type ApiKeyDetailsQuery = { apiKey: { allowedIps: Array<string> | null, callsPerMinute: number | null, onDenied: OnDenied, lastUsedIp: string | null, lastUsedClient: string | null, id: string, name: string, description: string | null, tokenPrefix: string | null, application: string, deviceId: string, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null, retiredSecretUsedAt: string | null, status: ApiKeyStatus, version: number, apiSets: Array<{ id: string, name: string, description: string | null, grants: Array<{ resource: string, actions: Array<Action>, fields: Array<string> | null, rows: { departmentIds: Array<string> | null, locations: Array<string> | null, employeeIds: Array<string> | null, self: boolean | null, reports: boolean | null } | null }> }>, grants: Array<{ resource: string, actions: Array<Action>, fields: Array<string> | null, rows: { departmentIds: Array<string> | null, locations: Array<string> | null, employeeIds: Array<string> | null, self: boolean | null, reports: boolean | null } | null }>, secrets: Array<{ createdAt: string, expiresAt: string | null, firstUsedAt: string | null, state: ApiKeySecretState }>, usage: Array<{ hour: string, operationName: string, calls: number, denials: number, errors: number }>, owner: { id: string, firstName: string, lastName: string, email: string, kind: UserKind } } | null, effectiveAccess: Array<{ resource: string, actions: Array<Action>, fields: Array<string> | null, alsoWithin: Array<{ departmentIds: Array<string> | null, locations: Array<string> | null, employeeIds: Array<string> | null, self: boolean | null, reports: boolean | null }>, rows: { departmentIds: Array<string> | null, locations: Array<string> | null, employeeIds: Array<string> | null, self: boolean | null, reports: boolean | null } | null }> };

export type KeyFormQueryVariables = Exact<{ [key: string]: never; }>;


export type KeyFormQuery = { apiSets: { nodes: Array<{ id: string, name: string, description: string | null }> }, resources: Array<{ name: string, actions: Array<Action>, fields: Array<{ name: string, actions: Array<Action> }> }>, settings: { apiKeyDefaultLifetimeDays: number, apiKeyMaximumLifetimeDays: number, apiKeysMayNeverExpire: boolean } };

export type KeyOwnersQueryVariables = Exact<{ [key: string]: never; }>;


export type KeyOwnersQuery = { bots: { nodes: Array<{ id: string, firstName: string, lastName: string, email: string }> }, nonEmployees: { nodes: Array<{ id: string, firstName: string, lastName: string, email: string }> } };

export type DepartmentChoicesQueryVariables = Exact<{ [key: string]: never; }>;


export type DepartmentChoicesQuery = { departments: { nodes: Array<{ id: string, name: string | null }> } };

export type KeysToRevokeQueryVariables = Exact<{ [key: string]: never; }>;


export type KeysToRevokeQuery = { active: { totalCount: number }, disabled: { totalCount: number }, expired: { totalCount: number } };

export type GenerateApiKeyMutationVariables = Exact<{
  input: GenerateApiKeyInput;
}>;


export type GenerateApiKeyMutation = { generateApiKey: { token: string, warnings: Array<string>, apiKey: { id: string, name: string } } };

export type UpdateApiKeyMutationVariables = Exact<{
  id: string;
  input: UpdateApiKeyInput;
}>;


export type UpdateApiKeyMutation = { updateApiKey: { id: string, version: number } };

export type RotateApiKeyMutationVariables = Exact<{
  id: string;
  graceSeconds: number;
}>;


export type RotateApiKeyMutation = { rotateApiKey: { token: string, warnings: Array<string>, apiKey: { id: string, name: string } } };

export type SetApiKeyEnabledMutationVariables = Exact<{
  id: string;
  enabled: boolean;
}>;


export type SetApiKeyEnabledMutation = { setApiKeyEnabled: { id: string, status: ApiKeyStatus } };

export type RevokeApiKeyMutationVariables = Exact<{
  id: string;
}>;


export type RevokeApiKeyMutation = { revokeApiKey: { id: string, status: ApiKeyStatus } };

export type RevokeAllApiKeysMutationVariables = Exact<{
  confirm: string;
}>;


export type RevokeAllApiKeysMutation = { revokeAllApiKeys: { count: number } };

export type SignInMutationVariables = Exact<{
  email: string;
  password: string;
}>;


export type SignInMutation = { signIn: { user: { id: string } } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: boolean };

export type ChangePasswordMutationVariables = Exact<{
  current: string;
  next: string;
}>;


export type ChangePasswordMutation = { changePassword: boolean };

export type HasSessionQueryVariables = Exact<{ [key: string]: never; }>;


export type HasSessionQuery = { __type: { name: string | null } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { authorities: Array<string>, user: { id: string, firstName: string, lastName: string, email: string }, grants: Array<{ resource: string, actions: Array<Action>, fields: Array<string> | null }> } };

export const ApiKeys: Operation<ApiKeysQuery, ApiKeysQueryVariables> = {
  text: "query ApiKeys($first: Int!, $after: String, $filter: ApiKeyFilter!, $usedSince: DateTime!) {\n  apiKeys(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      ...KeyFacts\n      usage(from: $usedSince) {\n        calls\n        denials\n      }\n    }\n  }\n}\nfragment KeyFacts on ApiKey {\n  id\n  name\n  description\n  tokenPrefix\n  application\n  deviceId\n  createdAt\n  expiresAt\n  lastUsedAt\n  revokedAt\n  retiredSecretUsedAt\n  status\n  version\n  owner {\n    id\n    firstName\n    lastName\n    email\n    kind\n  }\n}",
};

export const ApiKeyDetails: Operation<ApiKeyDetailsQuery, ApiKeyDetailsQueryVariables> = {
  text: "query ApiKeyDetails($id: ID!, $usedSince: DateTime!) {\n  apiKey(id: $id) {\n    ...KeyFacts\n    allowedIps\n    callsPerMinute\n    onDenied\n    lastUsedIp\n    lastUsedClient\n    apiSets {\n      id\n      name\n      description\n      grants {\n        ...GrantParts\n      }\n    }\n    grants {\n      ...GrantParts\n    }\n    secrets {\n      createdAt\n      expiresAt\n      firstUsedAt\n      state\n    }\n    usage(from: $usedSince) {\n      hour\n      operationName\n      calls\n      denials\n      errors\n    }\n  }\n  effectiveAccess(apiKeyId: $id) {\n    ...GrantParts\n    alsoWithin {\n      departmentIds\n      locations\n      employeeIds\n      self\n      reports\n    }\n  }\n}\nfragment KeyFacts on ApiKey {\n  id\n  name\n  description\n  tokenPrefix\n  application\n  deviceId\n  createdAt\n  expiresAt\n  lastUsedAt\n  revokedAt\n  retiredSecretUsedAt\n  status\n  version\n  owner {\n    id\n    firstName\n    lastName\n    email\n    kind\n  }\n}\nfragment GrantParts on Grant {\n  resource\n  actions\n  fields\n  rows {\n    departmentIds\n    locations\n    employeeIds\n    self\n    reports\n  }\n}",
};

export const KeyForm: Operation<KeyFormQuery, KeyFormQueryVariables> = {
  text: "query KeyForm {\n  apiSets(first: 500) {\n    nodes {\n      id\n      name\n      description\n    }\n  }\n  resources {\n    name\n    actions\n    fields {\n      name\n      actions\n    }\n  }\n  settings {\n    apiKeyDefaultLifetimeDays\n    apiKeyMaximumLifetimeDays\n    apiKeysMayNeverExpire\n  }\n}",
};

export const KeyOwners: Operation<KeyOwnersQuery, KeyOwnersQueryVariables> = {
  text: "query KeyOwners {\n  bots: users(first: 500, filter: {kind: BOT, status: ACTIVE}) {\n    nodes {\n      id\n      firstName\n      lastName\n      email\n    }\n  }\n  nonEmployees: users(first: 500, filter: {kind: NON_EMPLOYEE, status: ACTIVE}) {\n    nodes {\n      id\n      firstName\n      lastName\n      email\n    }\n  }\n}",
};

export const DepartmentChoices: Operation<DepartmentChoicesQuery, DepartmentChoicesQueryVariables> = {
  text: "query DepartmentChoices {\n  departments(first: 500) {\n    nodes {\n      id\n      name\n    }\n  }\n}",
};

export const KeysToRevoke: Operation<KeysToRevokeQuery, KeysToRevokeQueryVariables> = {
  text: "query KeysToRevoke {\n  active: apiKeys(first: 1, filter: {status: ACTIVE}) {\n    totalCount\n  }\n  disabled: apiKeys(first: 1, filter: {status: DISABLED}) {\n    totalCount\n  }\n  expired: apiKeys(first: 1, filter: {status: EXPIRED}) {\n    totalCount\n  }\n}",
};

export const GenerateApiKey: Operation<GenerateApiKeyMutation, GenerateApiKeyMutationVariables> = {
  text: "mutation GenerateApiKey($input: GenerateApiKeyInput!) {\n  generateApiKey(input: $input) {\n    token\n    warnings\n    apiKey {\n      id\n      name\n    }\n  }\n}",
};

export const UpdateApiKey: Operation<UpdateApiKeyMutation, UpdateApiKeyMutationVariables> = {
  text: "mutation UpdateApiKey($id: ID!, $input: UpdateApiKeyInput!) {\n  updateApiKey(id: $id, input: $input) {\n    id\n    version\n  }\n}",
};

export const RotateApiKey: Operation<RotateApiKeyMutation, RotateApiKeyMutationVariables> = {
  text: "mutation RotateApiKey($id: ID!, $graceSeconds: Int!) {\n  rotateApiKey(id: $id, graceSeconds: $graceSeconds) {\n    token\n    warnings\n    apiKey {\n      id\n      name\n    }\n  }\n}",
};

export const SetApiKeyEnabled: Operation<SetApiKeyEnabledMutation, SetApiKeyEnabledMutationVariables> = {
  text: "mutation SetApiKeyEnabled($id: ID!, $enabled: Boolean!) {\n  setApiKeyEnabled(id: $id, enabled: $enabled) {\n    id\n    status\n  }\n}",
};

export const RevokeApiKey: Operation<RevokeApiKeyMutation, RevokeApiKeyMutationVariables> = {
  text: "mutation RevokeApiKey($id: ID!) {\n  revokeApiKey(id: $id) {\n    id\n    status\n  }\n}",
};

export const RevokeAllApiKeys: Operation<RevokeAllApiKeysMutation, RevokeAllApiKeysMutationVariables> = {
  text: "mutation RevokeAllApiKeys($confirm: String!) {\n  revokeAllApiKeys(confirm: $confirm) {\n    count\n  }\n}",
};

export const SignIn: Operation<SignInMutation, SignInMutationVariables> = {
  text: "mutation SignIn($email: String!, $password: String!) {\n  signIn(email: $email, password: $password) {\n    user {\n      id\n    }\n  }\n}",
};

export const SignOut: Operation<SignOutMutation, SignOutMutationVariables> = {
  text: "mutation SignOut {\n  signOut\n}",
};

export const ChangePassword: Operation<ChangePasswordMutation, ChangePasswordMutationVariables> = {
  text: "mutation ChangePassword($current: String!, $next: String!) {\n  changePassword(current: $current, next: $next)\n}",
};

export const HasSession: Operation<HasSessionQuery, HasSessionQueryVariables> = {
  text: "query HasSession {\n  __type(name: \"Viewer\") {\n    name\n  }\n}",
};

export const Viewer: Operation<ViewerQuery, ViewerQueryVariables> = {
  text: "query Viewer {\n  viewer {\n    user {\n      id\n      firstName\n      lastName\n      email\n    }\n    authorities\n    grants {\n      resource\n      actions\n      fields\n    }\n  }\n}",
};
