import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";

/** A part of the organisation that people belong to. */
@Entity("department")
@Index("department_name", ["name", "id"])
@Index("department_manager", ["managerId", "id"])
@Index("department_parent", ["parentId", "id"])
export class Department {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Index("department_code", { unique: true })
  @Column({ type: "varchar", length: 32 })
  code!: string;

  @Column({ type: "varchar", length: 120 })
  name!: string;

  @Column({ type: "varchar", length: 36, nullable: true })
  managerId!: string | null;

  @ManyToOne("Employee", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "managerId", foreignKeyConstraintName: "department_manager_fk" })
  manager?: Relation<object>;

  @Column({ type: "varchar", length: 36, nullable: true })
  parentId!: string | null;

  @ManyToOne("Department", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "parentId", foreignKeyConstraintName: "department_parent_fk" })
  parent?: Relation<Department>;

  /** Moves by one with every change. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
