import { Action } from "../../access/grant";
import type { GrantInput } from "../../authorities/grant.input";
import type { BuiltInKey } from "../../roles/built-in-key";
import { UserKind } from "../../users/user-kind";
import { MAIL_DOMAIN } from "./person";

/** What the demo's company is generated from. */
export const DEMO_COMPANY = { seed: "latchkey", employees: 2000 } as const;

/** The account owner's address. */
export const OWNER_EMAIL = `owner@${MAIL_DOMAIN}`;

/** An API set with the one key that is bound to it. */
export interface DemoSet {
  readonly name: string;
  readonly description: string;
  readonly grants: GrantInput[];
  readonly keyName: string;
  readonly keyOwner: DemoUserName;
}

/** A custom role ("access level"): what a machine or an outsider may do at most. */
export interface DemoRole {
  readonly name: string;
  readonly description: string;
  readonly level: number;
  readonly grants: GrantInput[];
}

/** An account beside the owner's. `employee` says whose record it is linked to, and whose name and address it has. */
export interface DemoUser {
  readonly kind: UserKind;
  readonly role: { readonly builtIn: BuiltInKey } | { readonly custom: string };
  readonly person:
    | { readonly firstName: string; readonly lastName: string; readonly email: string }
    | { readonly jobTitle: string };
}

export type DemoUserName = "hrManager" | "developer" | "payrollVendor" | "orgChartBot";

const PAYROLL = [reads("employee", "employeeNumber", "firstName", "lastName", "salary", "hireDate", "terminationDate")];
const ORG_CHART = [
  reads("employee", "firstName", "lastName", "jobTitle", "department", "manager"),
  reads("department", "name", "manager"),
];

/** What each integration needs and no more; the first one's key is the one that the printed commands use. */
export const DEMO_SETS: readonly DemoSet[] = [
  {
    name: "Directory",
    description: "Who works here, in which department, and how to reach them.",
    grants: [
      reads("employee", "firstName", "lastName", "email", "jobTitle", "department"),
      reads("department", "code", "name"),
    ],
    keyName: "Intranet directory",
    keyOwner: "developer",
  },
  {
    name: "Payroll",
    description: "What the payroll vendor needs to pay people; no contact data, no birth dates.",
    grants: PAYROLL,
    keyName: "Monthly payroll run",
    keyOwner: "payrollVendor",
  },
  {
    name: "Org chart",
    description: "Who reports to whom.",
    grants: ORG_CHART,
    keyName: "Org chart screen",
    keyOwner: "orgChartBot",
  },
];

export const DEMO_ROLES: readonly DemoRole[] = [
  {
    name: "Payroll vendor",
    description: "Access level of the payroll vendor's account: its keys can do no more, whatever they are bound to.",
    level: 10,
    grants: PAYROLL,
  },
  {
    name: "Org chart reader",
    description: "Access level of the org chart's bot.",
    level: 10,
    grants: ORG_CHART,
  },
];

export const DEMO_USERS: Readonly<Record<DemoUserName, DemoUser>> = {
  hrManager: {
    kind: UserKind.EMPLOYEE,
    role: { builtIn: "HR_MANAGER" },
    person: { jobTitle: "Chief People Officer" },
  },
  developer: {
    kind: UserKind.EMPLOYEE,
    role: { builtIn: "DEVELOPER" },
    person: { jobTitle: "Senior Software Engineer" },
  },
  payrollVendor: {
    kind: UserKind.NON_EMPLOYEE,
    role: { custom: "Payroll vendor" },
    person: { firstName: "Noor", lastName: "Haddad", email: "noor.haddad@payroll-partner.example" },
  },
  orgChartBot: {
    kind: UserKind.BOT,
    role: { custom: "Org chart reader" },
    person: { firstName: "Org chart", lastName: "Bot", email: `org-chart-bot@${MAIL_DOMAIN}` },
  },
};

function reads(resource: string, ...fields: string[]): GrantInput {
  return { resource, actions: [Action.READ], fields };
}
