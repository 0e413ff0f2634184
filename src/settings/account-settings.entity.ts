import { Column, Entity, PrimaryColumn } from "typeorm";

/** What administrators set for the whole account. The one row is there from the first migration on. */
@Entity("account_settings")
export class AccountSettings {
  /** Always 1. */
  @PrimaryColumn({ type: "integer" })
  id!: number;

  /** How long a key lives for which no expiry was given. */
  @Column({ type: "integer" })
  apiKeyDefaultLifetimeDays!: number;

  /** The latest expiry that may be given to a key, counted from when it is given; keys that have a later one keep it. */
  @Column({ type: "integer" })
  apiKeyMaximumLifetimeDays!: number;

  /** Whether a key may be made that never expires; those that are there stay. */
  @Column({ type: "boolean" })
  apiKeysMayNeverExpire!: boolean;

  /** Moves with every edit. */
  @Column({ type: "integer" })
  version!: number;

  /** Null until the first edit. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  updatedAt!: Date | null;
}
