import { Column, Entity, PrimaryColumn } from "typeorm";

/** The one row that says where the audit chain ends. Its lock is what puts concurrent writers in a line. */
@Entity("audit_head")
export class AuditHead {
  /** Always 1. */
  @PrimaryColumn({ type: "integer" })
  id!: number;

  /** Of the newest row; 0 before there is any. */
  @Column({ type: "integer" })
  sequence!: number;

  /** Of the newest row. */
  @Column({ type: "varchar", length: 64 })
  hash!: string;

  /** Keyed hash of the two, so that an end that somebody else has set is noticed; empty until the chain begins. */
  @Column({ type: "varchar", length: 64 })
  seal!: string;
}
