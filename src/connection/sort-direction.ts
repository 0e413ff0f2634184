import { registerEnumType } from "type-graphql";

/** Which way one key of a list's order runs. Records without a value come first in ASC and last in DESC. */
export enum SortDirection {
  ASC = "ASC",
  DESC = "DESC",
}

registerEnumType(SortDirection, {
  name: "SortDirection",
  description: "Which way a list is ordered by one field.",
  valuesConfig: {
    ASC: { description: "Smallest first; records without a value come before all others." },
    DESC: { description: "Largest first; records without a value come after all others." },
  },
});
