import { Column, Entity, Index, PrimaryColumn } from "typeorm";

/** One recorded change, sign-in or refusal. Rows are only ever added, each chained to the one before: see chain.ts. */
@Entity("audit_event")
export class AuditEvent {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  /** 1, 2, 3 … without a gap, in the order of commits. */
  @Index("audit_event_sequence", { unique: true })
  @Column({ type: "integer" })
  sequence!: number;

  /** `hash` of the row before; 64 zeros in the first. */
  @Column({ type: "varchar", length: 64 })
  previousHash!: string;

  /** Keyed hash of everything else in the row, as 64 lower-case hex characters. */
  @Column({ type: "varchar", length: 64 })
  hash!: string;

  @Index("audit_event_at")
  @Column({ type: "datetime", precision: 6 })
  at!: Date;

  /** NOBODY, USER, API_KEY or OPERATOR, as `Principal["kind"]`. */
  @Column({ type: "varchar", length: 16 })
  actorKind!: string;

  /** Id of the user or key that acted; null for nobody and the operator. */
  @Column({ type: "varchar", length: 36, nullable: true })
  actorId!: string | null;

  /** Email or key name at the time, so that the trail stays readable when the actor is gone. */
  @Column({ type: "varchar", length: 320, nullable: true })
  actorName!: string | null;

  /** Dotted verb, e.g. `apiKey.revoke`. */
  @Column({ type: "varchar", length: 64 })
  action!: string;

  @Column({ type: "varchar", length: 16 })
  severity!: "INFO" | "WARNING" | "HIGH";

  @Column({ type: "varchar", length: 32, nullable: true })
  targetKind!: string | null;

  @Index("audit_event_target")
  @Column({ type: "varchar", length: 36, nullable: true })
  targetId!: string | null;

  @Column({ type: "varchar", length: 320, nullable: true })
  targetName!: string | null;

  /** State before and after, without secrets and without protected field values. */
  @Column({ type: "simple-json", nullable: true })
  before!: unknown;

  @Column({ type: "simple-json", nullable: true })
  after!: unknown;

  @Column({ type: "varchar", length: 64, nullable: true })
  ip!: string | null;

  @Column({ type: "varchar", length: 120, nullable: true })
  client!: string | null;

  @Column({ type: "varchar", length: 64 })
  requestId!: string;
}
