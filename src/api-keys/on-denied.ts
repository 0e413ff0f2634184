import { registerEnumType } from "type-graphql";

/** How a query of a key is answered when a part of it is denied. */
export enum OnDenied {
  ERROR = "ERROR",
  NULL = "NULL",
}

registerEnumType(OnDenied, {
  name: "OnDenied",
  description: "How a query is answered when the key lacks a part of it. Mutations are always refused as a whole.",
  valuesConfig: {
    ERROR: { description: "The whole query is refused, with one error per refused place." },
    NULL: {
      description:
        "Refused fields are null, with the same errors beside the data and status 200. A refused filter, sort, argument or field that is " +
        "never null still refuses the whole query.",
    },
  },
});
