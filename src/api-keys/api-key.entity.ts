import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import type { Grant } from "../access/grant";
import { User } from "../users/user.entity";
import type { KeyLimits } from "./key-limits";
import type { OnDenied } from "./on-denied";

/** A named credential of one user. Its secrets are rows of their own, so that this one can be listed freely. */
@Entity("api_key")
export class ApiKey {
  /** The 12 public characters of the token. */
  @PrimaryColumn({ type: "varchar", length: 12 })
  id!: string;

  @Index("api_key_owner")
  @Column({ type: "varchar", length: 36 })
  ownerId!: string;

  @ManyToOne(() => User, { onDelete: "RESTRICT", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "ownerId", foreignKeyConstraintName: "api_key_owner_fk" })
  owner?: Relation<User>;

  @Column({ type: "varchar", length: 120 })
  name!: string;

  /** `nameKeyOf(name)`; unique among an owner's live keys, which no index can say: see require-free-name.ts. */
  @Column({ type: "varchar", length: 360 })
  nameKey!: string;

  @Column({ type: "varchar", length: 1000, nullable: true })
  description!: string | null;

  @Column({ type: "boolean" })
  isEnabled!: boolean;

  /** From this instant on the key is refused; null = never. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  expiresAt!: Date | null;

  /** Once set, never unset. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  revokedAt!: Date | null;

  /** User who revoked it; null for the operator, and where a leak was reported. */
  @Column({ type: "varchar", length: 36, nullable: true })
  revokedById!: string | null;

  /** The `apollographql-client-name` a request must carry; null = any. */
  @Column({ type: "varchar", length: 120, nullable: true })
  application!: string | null;

  /** The `x-device-id` a request must carry; null = any. */
  @Column({ type: "varchar", length: 120, nullable: true })
  deviceId!: string | null;

  /** In the form of `canonicalIpRange`; null = any address. */
  @Column({ type: "simple-json", nullable: true })
  allowedIps!: string[] | null;

  /** How an operation is answered of which a part is denied. */
  @Column({ type: "varchar", length: 8, default: "ERROR" })
  onDenied!: OnDenied;

  /** Limits of one operation that differ from everybody's; null = none does. */
  @Column({ type: "simple-json", nullable: true })
  limits!: KeyLimits | null;

  /** The key's own grants, beside those of its API sets; in the form of `requireGrantable`. */
  @Column({ type: "simple-json" })
  grants!: Grant[];

  /** Whether the present secret is a GUID that the caller supplied, so that the token does not begin with the id. */
  @Column({ type: "boolean" })
  hasSuppliedValue!: boolean;

  /** Moves with every edit. */
  @Column({ type: "integer" })
  version!: number;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  /** User who generated it: the owner, or an administrator for a bot or non-employee; null for the operator. */
  @Column({ type: "varchar", length: 36, nullable: true })
  createdById!: string | null;

  @Column({ type: "datetime", precision: 6, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: "varchar", length: 64, nullable: true })
  lastUsedIp!: string | null;

  /** `apollographql-client-name` of the last use. */
  @Column({ type: "varchar", length: 120, nullable: true })
  lastUsedClient!: string | null;

  /** How often it may be used in a minute; null = as often as it likes. */
  @Column({ type: "integer", nullable: true })
  callsPerMinute!: number | null;

  /** When a secret of this key was last tried that had stopped working; within a minute of it, at most, for many tries. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  retiredSecretUsedAt!: Date | null;
}
