import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import type { Grant } from "../access/grant";
import type { BuiltInKey } from "./built-in-key";

/** What a user may do: authorities and grants, its own and those of the role it inherits. */
@Entity("role")
export class Role {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  /** Set on built-in roles only, which are read-only. */
  @Index("role_key", { unique: true })
  @Column({ type: "varchar", length: 32, nullable: true })
  key!: BuiltInKey | null;

  @Column({ type: "varchar", length: 120 })
  name!: string;

  /** `nameKeyOf(name)`: one role per name, whatever its case. */
  @Index("role_name_key", { unique: true })
  @Column({ type: "varchar", length: 360 })
  nameKey!: string;

  @Column({ type: "varchar", length: 1000, nullable: true })
  description!: string | null;

  /** Rank, 0–100: whom its holders may administer. Gives no access by itself. */
  @Column({ type: "integer" })
  level!: number;

  @Index("role_inherits")
  @Column({ type: "varchar", length: 36, nullable: true })
  inheritsId!: string | null;

  @ManyToOne(() => Role, { onDelete: "RESTRICT", onUpdate: "NO ACTION", nullable: true })
  @JoinColumn({ name: "inheritsId", foreignKeyConstraintName: "role_inherits_fk" })
  inherited?: Relation<Role>;

  /** Own names, sorted, without the inherited ones. */
  @Column({ type: "simple-json" })
  authorities!: string[];

  /** Own grants in the form of `requireGrantable`, without the inherited ones. */
  @Column({ type: "simple-json" })
  grants!: Grant[];

  /** Moves with every edit. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  @Column({ type: "datetime", precision: 6 })
  updatedAt!: Date;
}
