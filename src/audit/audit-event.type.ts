import { GraphQLDateTime, GraphQLJSON } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { connectionType } from "../connection/connection-type";

/** Who acted, as `Principal["kind"]`. */
export enum ActorKind {
  NOBODY = "NOBODY",
  USER = "USER",
  API_KEY = "API_KEY",
  OPERATOR = "OPERATOR",
}

/** How much an event asks for attention. */
export enum AuditSeverity {
  INFO = "INFO",
  WARNING = "WARNING",
  HIGH = "HIGH",
}

registerEnumType(ActorKind, {
  name: "ActorKind",
  description: "Who acted.",
  valuesConfig: {
    NOBODY: { description: "A request without valid credentials." },
    USER: { description: "A signed-in user." },
    API_KEY: { description: "An API key." },
    OPERATOR: { description: "Whoever runs the command line next to the database." },
  },
});

registerEnumType(AuditSeverity, {
  name: "AuditSeverity",
  description: "How much an event asks for attention.",
  valuesConfig: {
    INFO: { description: "A change as they happen every day." },
    WARNING: { description: "Worth a look." },
    HIGH: { description: "Somebody should look now." },
  },
});

/** Who may read the trail. */
export const AUDIT_READERS = '@authority(anyOf: ["VIEW_AUDIT"])';

/** Output shape of the entity `AuditEvent`, which is its source. */
@ObjectType("AuditEvent", { description: "One recorded change, sign-in or refusal." })
@Directive(AUDIT_READERS)
export class AuditEventType {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, { description: "1, 2, 3 … without a gap, in the order in which events were recorded." })
  sequence!: number;

  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => ActorKind)
  actorKind!: ActorKind;

  @Field(() => ID, { nullable: true, description: "The user or key that acted." })
  actorId!: string | null;

  @Field(() => String, { nullable: true, description: "Its email or name at the time." })
  actorName!: string | null;

  @Field(() => String, { description: "Dotted verb, e.g. `apiKey.revoke`." })
  action!: string;

  @Field(() => AuditSeverity)
  severity!: AuditSeverity;

  @Field(() => String, { nullable: true, description: "What was acted on, e.g. `apiKey`." })
  targetKind!: string | null;

  @Field(() => ID, { nullable: true })
  targetId!: string | null;

  @Field(() => String, { nullable: true, description: "Its name at the time." })
  targetName!: string | null;

  @Field(() => GraphQLJSON, { nullable: true, description: "State before, without secrets and protected values." })
  before!: unknown;

  @Field(() => GraphQLJSON, { nullable: true, description: "State after, without secrets and protected values." })
  after!: unknown;

  @Field(() => String, { nullable: true })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "`apollographql-client-name` of the request." })
  client!: string | null;

  @Field(() => String)
  requestId!: string;
}

/** A page of the trail. */
export const AuditEventConnection = connectionType("AuditEvent", () => AuditEventType, AUDIT_READERS);
