import type { AccessIndex } from "../access/access-index";
import { Action, type Grant, type RowScope } from "../access/grant";
import { AUTHORITY_NAMES, type AuthorityName } from "../authorities/authority-catalogue";
import type { BuiltInKey } from "./built-in-key";

/** A built-in role as this version of the service defines it. */
export interface BuiltInRole {
  readonly key: BuiltInKey;
  readonly name: string;
  readonly description: string;
  readonly level: number;
  readonly inherits: BuiltInKey | null;
  readonly authorities: readonly AuthorityName[];
  readonly grants: readonly Grant[];
}

/** What a colleague may know of a colleague: no pay, birth date or gender. */
const DIRECTORY_FIELDS = [
  "department",
  "email",
  "employeeNumber",
  "firstName",
  "hireDate",
  "jobTitle",
  "lastName",
  "location",
  "manager",
  "phone",
];

/** What an employee fills in to ask for time off; the status is somebody else's to decide. */
const TIME_OFF_REQUEST_FIELDS = ["employee", "endDate", "note", "startDate", "type"];

const SELF: RowScope = { self: true };

/**
 * The built-in roles of DESIGN.md for the resources of `index`, inherited ones before those that inherit them.
 *
 * Grants name each resource, and only resources, actions and fields that the schema offers, so a resource added by a later
 * version reaches these roles when `ensureBuiltInRoles` runs next.
 */
export function builtInRoles(index: AccessIndex): BuiltInRole[] {
  const everything = [...index.resources.values()].flatMap(({ name }) =>
    grant(index, name, Object.values(Action), null, null),
  );
  return [
    {
      key: "EMPLOYEE",
      name: "Employee",
      description: "Reads the own record and asks for time off.",
      level: 20,
      inherits: null,
      authorities: [],
      grants: [
        ...grant(index, "department", [Action.READ], null, SELF),
        ...grant(index, "employee", [Action.READ], null, SELF),
        ...grant(index, "timeOff", [Action.READ], null, SELF),
        ...grant(index, "timeOff", [Action.CREATE], TIME_OFF_REQUEST_FIELDS, SELF),
      ],
    },
    {
      key: "HR_MANAGER",
      name: "HR Manager",
      description: "Keeps every HR record.",
      level: 40,
      inherits: "EMPLOYEE",
      authorities: [],
      grants: everything,
    },
    {
      key: "DEVELOPER",
      name: "Developer",
      description: "Builds integrations: API keys, API sets, departments and the staff directory.",
      level: 60,
      inherits: "EMPLOYEE",
      authorities: ["MANAGE_API_SETS", "MANAGE_USER_API_KEY", "VIEW_ROLES"],
      grants: [
        ...grant(index, "department", [Action.READ], null, null),
        ...grant(index, "employee", [Action.READ], DIRECTORY_FIELDS, null),
      ],
    },
    {
      key: "ADMINISTRATOR",
      name: "Administrator",
      description: "Every authority and every permission.",
      level: 80,
      inherits: null,
      authorities: AUTHORITY_NAMES.toSorted(),
      grants: everything,
    },
    {
      key: "ACCOUNT_OWNER",
      name: "Account Owner",
      description: "An administrator whom only another owner administers. The account always keeps one.",
      level: 100,
      inherits: "ADMINISTRATOR",
      authorities: [],
      grants: [],
    },
  ];
}

/** One grant of what the schema offers of it, or none. */
function grant(
  index: AccessIndex,
  resource: string,
  actions: readonly Action[],
  fields: readonly string[] | null,
  rows: RowScope | null,
): Grant[] {
  const offered = index.resources.get(resource);
  const known = actions.filter((action) => offered?.actions.includes(action)).sort();
  const named = fields?.filter((field) => known.some((action) => offered?.fields.get(field)?.includes(action))) ?? null;
  if (known.length === 0 || named?.length === 0) return [];
  return [{ resource, actions: known, fields: named, rows }];
}
