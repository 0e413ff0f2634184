import { Column, Entity, PrimaryColumn } from "typeorm";

/**
 * Content that is kept, or about to be: the row to lock before anything is done to it. Documents refer to it by a foreign key, so that it cannot
 * go while one does.
 */
@Entity("document_content")
export class DocumentContent {
  /** SHA-256 of the content, 64 hexadecimal digits. */
  @PrimaryColumn({ type: "varchar", length: 64 })
  id!: string;

  /** When a document last took it up; what is young is never swept. */
  @Column({ type: "datetime", precision: 6 })
  takenAt!: Date;
}
