import { Column, Entity, PrimaryColumn } from "typeorm";

/** The one row whose value moves with every change to users, roles, API sets, keys and sessions. */
@Entity("epoch")
export class Epoch {
  /** Always 1. */
  @PrimaryColumn({ type: "integer" })
  id!: number;

  @Column({ type: "integer" })
  value!: number;
}
