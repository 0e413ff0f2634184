import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { User } from "./user.entity";

/** A password reset that is still open; a user has one at most. The token itself is stored nowhere. */
@Entity("password_reset")
export class PasswordReset {
  @PrimaryColumn({ type: "varchar", length: 36 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "userId", foreignKeyConstraintName: "password_reset_user_fk" })
  user?: Relation<User>;

  /** Who opened it, and must still be one who may when it is used; null = the operator. */
  @Column({ type: "varchar", length: 36, nullable: true })
  createdById!: string | null;

  /** Gone with the maker, and never the operator's by their going. */
  @ManyToOne(() => User, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: true })
  @JoinColumn({ name: "createdById", foreignKeyConstraintName: "password_reset_maker_fk" })
  createdBy?: Relation<User> | null;

  /** `pepper.digest(token)`: the look-up. */
  @Index("password_reset_digest", { unique: true })
  @Column({ type: "varchar", length: 64 })
  digest!: string;

  @Column({ type: "integer" })
  pepperVersion!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  expiresAt!: Date;
}
