import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Directive, Field, ID, InputType } from "type-graphql";
import { PageArgs } from "../connection/page-args";
import { SortDirection } from "../connection/sort-direction";
import { ActorKind, AUDIT_READERS, AuditSeverity } from "./audit-event.type";

/** Narrows the trail; parts that are given must all hold. */
@InputType("AuditEventFilter", { description: "Which events to list; parts that are given must all hold." })
@Directive(AUDIT_READERS)
export class AuditEventFilter {
  @Field(() => String, {
    nullable: true,
    description: "Exactly this action, or with a dot at the end all of its area: `apiKey.`. There must be such a one.",
  })
  action?: string | null;

  @Field(() => ActorKind, { nullable: true })
  actorKind?: ActorKind | null;

  @Field(() => ID, { nullable: true })
  actorId?: string | null;

  @Field(() => String, { nullable: true, description: "What was acted on, e.g. `apiKey`." })
  targetKind?: string | null;

  @Field(() => ID, { nullable: true })
  targetId?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "From this instant on." })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Before this instant." })
  to?: Date | null;

  @Field(() => AuditSeverity, { nullable: true })
  severity?: AuditSeverity | null;
}

/** The one column to sort the trail by. */
@InputType("AuditEventSort", { description: "The order of events." })
@Directive(AUDIT_READERS)
export class AuditEventSort {
  @Field(() => SortDirection, { nullable: true })
  at?: SortDirection | null;
}

/** Arguments of `auditEvents`. */
@ArgsType()
export class AuditEventsArgs extends PageArgs {
  @Field(() => AuditEventFilter, { nullable: true })
  filter?: AuditEventFilter | null;

  @Field(() => [AuditEventSort], { nullable: true, description: "Newest first when omitted." })
  sort?: AuditEventSort[] | null;
}
