import { registerEnumType } from "type-graphql";
import { Action } from "../access/grant";

registerEnumType(Action, {
  name: "Action",
  description: "What may be done to a protected record.",
  valuesConfig: {
    CREATE: { description: "Make a record, setting the fields granted." },
    READ: { description: "See the fields granted; `id` comes with any of them." },
    UPDATE: { description: "Change the fields granted." },
    DELETE: { description: "Remove a record as a whole." },
    DOWNLOAD: { description: "Fetch a document's content." },
  },
});

/** `Action`, registered with type-graphql: import it from here wherever a decorator names it. */
export const ActionEnum = Action;
