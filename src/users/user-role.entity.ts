import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { Role } from "../roles/role.entity";
import { User } from "./user.entity";

/** A role assigned to a user. A role in use cannot be deleted. */
@Entity("user_role")
export class UserRole {
  @PrimaryColumn({ type: "varchar", length: 36 })
  userId!: string;

  @Index("user_role_role")
  @PrimaryColumn({ type: "varchar", length: 36 })
  roleId!: string;

  @ManyToOne(() => User, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "userId", foreignKeyConstraintName: "user_role_user_fk" })
  user?: Relation<User>;

  @ManyToOne(() => Role, { onDelete: "RESTRICT", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "roleId", foreignKeyConstraintName: "user_role_role_fk" })
  role?: Relation<Role>;
}
