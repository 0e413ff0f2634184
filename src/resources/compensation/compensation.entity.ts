import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";

/** What a person was or is paid over a period. Indexes end in the id, as every list does. */
@Entity("compensation")
@Index("compensation_employee", ["employeeId", "effectiveFrom", "id"])
@Index("compensation_effective_from", ["effectiveFrom", "id"])
@Index("compensation_amount", ["amount", "id"])
export class Compensation {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 36 })
  employeeId!: string;

  @ManyToOne("Employee", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "employeeId", foreignKeyConstraintName: "compensation_employee_fk" })
  employee?: Relation<object>;

  /** Per year. */
  @Column({ type: "decimal", precision: 14, scale: 2 })
  amount!: number;

  /** ISO 4217. */
  @Column({ type: "varchar", length: 3 })
  currency!: string;

  @Column({ type: "date" })
  effectiveFrom!: string;

  @Column({ type: "date", nullable: true })
  effectiveTo!: string | null;

  /** Moves by one with every change. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
