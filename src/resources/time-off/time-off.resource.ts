import { defineResource } from "../define-resource";
import { choice } from "../field-choice";
import { date } from "../field-date";
import { derivedText } from "../field-derived";
import { text } from "../field-text";
import { toOne } from "../field-to-one";
import { notBefore } from "../record-rule";
import { TimeOff } from "./time-off.entity";
import { TimeOffStatus } from "./time-off-status";

const { REQUESTED, APPROVED, REJECTED, CANCELLED } = TimeOffStatus;

/** Absences of people, each with a life: requested, then approved or rejected; cancelled from either open state. */
export const timeOff = defineResource({
  name: "timeOff",
  plural: "timeOffs",
  typeName: "TimeOff",
  description: "Days that a person is, or asks to be, away.",
  entity: TimeOff,
  fields: {
    employee: toOne("employee", {
      required: true,
      description: "Who is away.",
    }),
    employeeName: derivedText(
      { relation: "employee", columns: ["firstName", "lastName"] },
      {
        description:
          "Given and family name of who is away. Reveals both names, to readers without any grant on employees as well.",
      },
    ),
    type: text({ required: true, maxLength: 60, description: "Kind of absence, e.g. VACATION or SICK_LEAVE." }),
    startDate: date({ required: true, description: "First day away." }),
    endDate: date({ required: true, description: "Last day away; the first one, for a single day." }),
    status: choice(
      { name: "TimeOffStatus", values: TimeOffStatus },
      {
        initial: REQUESTED,
        maxLength: 16,
        description: "Where the request stands; moved on by approving, rejecting and cancelling alone.",
      },
    ),
    note: text({ maxLength: 1000, multiLine: true, description: "What is to be said about it." }),
  },
  rules: [notBefore("endDate", "startDate")],
  period: {
    owner: "employee",
    from: "startDate",
    to: "endDate",
    mayTouch: false,
    only: { field: "status", values: [REQUESTED, APPROVED] },
    label: "other time off",
  },
  settled: { by: "status", open: [REQUESTED], fields: ["employee", "type", "startDate", "endDate"] },
  steps: [
    {
      verb: "approve",
      done: "approved",
      field: "status",
      from: [REQUESTED],
      to: APPROVED,
      description: "Approves a request and returns it. Answers CONFLICT once it is decided.",
    },
    {
      verb: "reject",
      done: "rejected",
      field: "status",
      from: [REQUESTED],
      to: REJECTED,
      takes: ["note"],
      description:
        "Rejects a request, with a note if one is given, and returns it. Answers CONFLICT once it is decided.",
    },
    {
      verb: "cancel",
      done: "cancelled",
      field: "status",
      from: [REQUESTED, APPROVED],
      to: CANCELLED,
      description: "Cancels time off that is requested or approved and returns it; any other answers CONFLICT.",
    },
  ],
  rowScopes: {
    departmentIds: { own: "employeeId", resource: "employee", match: "id", where: "departmentId" },
    locations: { own: "employeeId", resource: "employee", match: "id", where: "location" },
    employeeIds: "employeeId",
  },
});
