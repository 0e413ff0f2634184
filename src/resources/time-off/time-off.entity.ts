import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";

/** A person's absence, from the request on. Indexes end in the id, as every list does. */
@Entity("time_off")
@Index("time_off_employee", ["employeeId", "startDate", "id"])
@Index("time_off_start_date", ["startDate", "id"])
@Index("time_off_status", ["status", "id"])
export class TimeOff {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 36 })
  employeeId!: string;

  @ManyToOne("Employee", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "employeeId", foreignKeyConstraintName: "time_off_employee_fk" })
  employee?: Relation<object>;

  @Column({ type: "varchar", length: 60 })
  type!: string;

  /** `YYYY-MM-DD`; both days are off. */
  @Column({ type: "date" })
  startDate!: string;

  @Column({ type: "date" })
  endDate!: string;

  @Column({ type: "varchar", length: 16 })
  status!: string;

  @Column({ type: "varchar", length: 1000, nullable: true })
  note!: string | null;

  /** Moves by one with every change. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
