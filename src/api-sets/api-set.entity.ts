import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import type { Grant } from "../access/grant";

/** A named bundle of grants that keys are bound to. */
@Entity("api_set")
export class ApiSet {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 120 })
  name!: string;

  /** `nameKeyOf(name)`: one set per name, whatever its case. */
  @Index("api_set_name_key", { unique: true })
  @Column({ type: "varchar", length: 360 })
  nameKey!: string;

  @Column({ type: "varchar", length: 1000, nullable: true })
  description!: string | null;

  /** In the form of `requireGrantable`. */
  @Column({ type: "simple-json" })
  grants!: Grant[];

  /** Moves with every edit. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
