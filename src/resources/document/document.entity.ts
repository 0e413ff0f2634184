import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";

/** What is known of a file in a person's folder; its content is elsewhere, under its digest. Indexes end in the id, as every list does. */
@Entity("document")
@Index("document_employee", ["employeeId", "createdAt", "id"])
@Index("document_created_at", ["createdAt", "id"])
@Index("document_title", ["title", "id"])
@Index("document_category", ["category", "id"])
@Index("document_digest", ["digest"])
export class Document {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 36 })
  employeeId!: string;

  @ManyToOne("Employee", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "employeeId", foreignKeyConstraintName: "document_employee_fk" })
  employee?: Relation<object>;

  @Column({ type: "varchar", length: 200 })
  title!: string;

  @Column({ type: "varchar", length: 60, nullable: true })
  category!: string | null;

  @Column({ type: "varchar", length: 255 })
  fileName!: string;

  @Column({ type: "varchar", length: 255 })
  mimeType!: string;

  /** Bytes. */
  @Column({ type: "integer" })
  size!: number;

  /** SHA-256 of the content. Several documents may share it. */
  @Column({ type: "varchar", length: 64 })
  digest!: string;

  @ManyToOne("DocumentContent", { onDelete: "RESTRICT", onUpdate: "NO ACTION" })
  @JoinColumn({ name: "digest", foreignKeyConstraintName: "document_digest_fk" })
  content?: Relation<object>;

  /** Moves by one with every change. */
  @Column({ type: "integer" })
  version!: number;

  /** When it was uploaded: ISO 8601 in UTC with milliseconds, which either database compares as time. */
  @Column({ type: "varchar", length: 24 })
  createdAt!: string;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
