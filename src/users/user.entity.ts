import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import type { UserKind } from "./user-kind";
import type { UserStatus } from "./user-status";

/** A person or machine account. */
@Entity("user")
export class User {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 16 })
  kind!: UserKind;

  @Column({ type: "varchar", length: 16 })
  status!: UserStatus;

  @Column({ type: "varchar", length: 120 })
  firstName!: string;

  @Column({ type: "varchar", length: 120 })
  lastName!: string;

  /** `nameKeyOf` of first and last name, for search. */
  @Column({ type: "varchar", length: 723 })
  nameKey!: string;

  /** As given, for display and mail. */
  @Column({ type: "varchar", length: 254 })
  email!: string;

  /** `nameKeyOf(email)`: one account per address, whatever its case; `a+b@` and `a@` are two. */
  @Index("user_email_key", { unique: true })
  @Column({ type: "varchar", length: 762 })
  emailKey!: string;

  /** argon2id in PHC string form; null while the user cannot sign in by password. Read only where it is asked for by name. */
  @Column({ type: "varchar", length: 255, nullable: true, select: false })
  passwordHash!: string | null;

  /** Bad passwords in a row since the last good one. */
  @Column({ type: "integer" })
  failedSignIns!: number;

  /** No sign-in by password before this instant. A LOCKED user without it stays locked until set ACTIVE. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  lockedUntil!: Date | null;

  /** From then on the account is as good as disabled. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  expiresAt!: Date | null;

  /** The employee record of this user, for SELF and REPORTS; no foreign key, since resources are another floor. */
  @Index("user_employee")
  @Column({ type: "varchar", length: 36, nullable: true })
  employeeId!: string | null;

  /** Moves with every edit. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;

  @Column({ type: "datetime", precision: 6, nullable: true })
  lastSignInAt!: Date | null;
}
