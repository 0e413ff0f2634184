import { Column, Entity, Index, PrimaryColumn } from "typeorm";

/** How much of one limit is used up; shared by all instances. Not used on the embedded database, which counts in memory. */
@Entity("rate_limit")
export class RateLimitRow {
  /** `rule:subject`, e.g. `signInAddress:192.0.2.7`. */
  @PrimaryColumn({ type: "varchar", length: 191 })
  id!: string;

  @Column({ type: "integer" })
  points!: number;

  /** When the count begins anew. */
  @Index("rate_limit_expires_at")
  @Column({ type: "datetime", precision: 6 })
  expiresAt!: Date;
}
