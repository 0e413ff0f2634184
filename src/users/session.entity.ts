import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { User } from "./user.entity";

/** A sign-in that has not ended. The token itself is stored nowhere. */
@Entity("session")
export class Session {
  /** The 12 public characters of the token. */
  @PrimaryColumn({ type: "varchar", length: 12 })
  id!: string;

  @Index("session_user")
  @Column({ type: "varchar", length: 36 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "userId", foreignKeyConstraintName: "session_user_fk" })
  user?: Relation<User>;

  /** `pepper.digest(token)`: the look-up. */
  @Index("session_digest", { unique: true })
  @Column({ type: "varchar", length: 64 })
  digest!: string;

  @Column({ type: "integer" })
  pepperVersion!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  /** Absolute: use does not extend it. */
  @Column({ type: "datetime", precision: 6 })
  expiresAt!: Date;

  @Column({ type: "varchar", length: 64, nullable: true })
  ip!: string | null;

  @Column({ type: "varchar", length: 120, nullable: true })
  client!: string | null;
}
