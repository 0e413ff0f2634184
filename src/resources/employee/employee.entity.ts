import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";

/**
 * A person who works or worked here.
 *
 * Every index ends in the id, because every list does: one index then serves the order, the seek to a page and the condition.
 */
@Entity("employee")
@Index("employee_last_name", ["lastName", "id"])
@Index("employee_first_name", ["firstName", "id"])
@Index("employee_email", ["email", "id"])
@Index("employee_hire_date", ["hireDate", "id"])
@Index("employee_job_title", ["jobTitle", "id"])
@Index("employee_location", ["location", "id"])
@Index("employee_salary", ["salary", "id"])
@Index("employee_department", ["departmentId", "id"])
@Index("employee_manager", ["managerId", "id"])
export class Employee {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Index("employee_employee_number", { unique: true })
  @Column({ type: "varchar", length: 32 })
  employeeNumber!: string;

  @Column({ type: "varchar", length: 120 })
  firstName!: string;

  @Column({ type: "varchar", length: 120 })
  lastName!: string;

  @Column({ type: "varchar", length: 320, nullable: true })
  email!: string | null;

  @Column({ type: "varchar", length: 64, nullable: true })
  phone!: string | null;

  /** `YYYY-MM-DD`, like every date here. */
  @Column({ type: "date", nullable: true })
  birthDate!: string | null;

  @Column({ type: "varchar", length: 32, nullable: true })
  gender!: string | null;

  @Column({ type: "date", nullable: true })
  hireDate!: string | null;

  @Column({ type: "date", nullable: true })
  terminationDate!: string | null;

  @Column({ type: "varchar", length: 120, nullable: true })
  jobTitle!: string | null;

  @Column({ type: "varchar", length: 120, nullable: true })
  location!: string | null;

  /** Per year. */
  @Column({ type: "decimal", precision: 14, scale: 2, nullable: true })
  salary!: number | null;

  @Column({ type: "varchar", length: 36, nullable: true })
  departmentId!: string | null;

  @ManyToOne("Department", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "departmentId", foreignKeyConstraintName: "employee_department_fk" })
  department?: Relation<object>;

  @Column({ type: "varchar", length: 36, nullable: true })
  managerId!: string | null;

  @ManyToOne("Employee", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "managerId", foreignKeyConstraintName: "employee_manager_fk" })
  manager?: Relation<Employee>;

  /** Moves by one with every change. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
