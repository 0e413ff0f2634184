import { Args, Ctx, Directive, Query, Resolver } from "type-graphql";
import type { SelectQueryBuilder } from "typeorm";
import type { ConnectionInTurns } from "../connection/connection";
import { ordersOf } from "../connection/orders-of";
import { pageOf } from "../connection/page-of";
import type { RequestContext } from "../context";
import { requireKnownAction } from "./audit-actions";
import { AuditEvent } from "./audit-event.entity";
import { type AuditEventFilter, AuditEventsArgs } from "./audit-event.input";
import { AUDIT_READERS, AuditEventConnection } from "./audit-event.type";

/** The audit trail, newest first unless asked otherwise. */
@Resolver()
export class AuditEventResolver {
  @Query(() => AuditEventConnection, { description: "Changes, sign-ins and refusals, newest first." })
  @Directive(AUDIT_READERS)
  auditEvents(
    @Ctx() ctx: RequestContext,
    @Args(() => AuditEventsArgs) { first, after, filter, sort }: AuditEventsArgs,
  ): Promise<ConnectionInTurns<AuditEvent>> {
    const query = ctx.store.reader.createQueryBuilder(AuditEvent, "event");
    if (filter?.action != null) requireKnownAction(filter.action, "filter.action");
    if (filter != null) narrow(query, filter);
    const given = ordersOf(sort, { at: "at" });
    // Events of one instant are ordered as they were recorded.
    const orders = [...given, { property: "sequence", direction: given[0]?.direction ?? "DESC" }];
    return pageOf(ctx, query, "auditEvents", { first, after, orders });
  }
}

function narrow(query: SelectQueryBuilder<AuditEvent>, filter: AuditEventFilter): void {
  const { action, actorKind, actorId, targetKind, targetId, from, to, severity } = filter;
  if (action?.endsWith(".")) query.andWhere("INSTR(event.action, :area) = 1", { area: action });
  else if (action != null) query.andWhere("event.action = :action", { action });
  if (actorKind != null) query.andWhere("event.actorKind = :actorKind", { actorKind });
  if (actorId != null) query.andWhere("event.actorId = :actorId", { actorId });
  if (targetKind != null) query.andWhere("event.targetKind = :targetKind", { targetKind });
  if (targetId != null) query.andWhere("event.targetId = :targetId", { targetId });
  if (from != null) query.andWhere("event.at >= :from", { from });
  if (to != null) query.andWhere("event.at < :to", { to });
  if (severity != null) query.andWhere("event.severity = :severity", { severity });
}
