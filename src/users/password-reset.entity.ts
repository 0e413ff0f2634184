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
