import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { ApiKey } from "./api-key.entity";

/**
 * Where a secret stands in a rotation: PENDING until the new one is first used, ACTIVE, GRACE while the old one still works
 * (until `expiresAt`), RETIRED from then on. Rows stay, so that use of a retired secret is seen and no value comes back.
 */
export type SecretState = "PENDING" | "ACTIVE" | "GRACE" | "RETIRED";

/** One secret of a key, as a digest only. */
@Entity("api_key_secret")
export class ApiKeySecret {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Index("api_key_secret_key")
  @Column({ type: "varchar", length: 12 })
  apiKeyId!: string;

  @ManyToOne(() => ApiKey, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "apiKeyId", foreignKeyConstraintName: "api_key_secret_key_fk" })
  apiKey?: Relation<ApiKey>;

  /** `Pepper.digest` of the token: how a request finds its key. */
  @Index("api_key_secret_digest", { unique: true })
  @Column({ type: "varchar", length: 64 })
  digest!: string;

  @Column({ type: "integer" })
  pepperVersion!: number;

  @Column({ type: "varchar", length: 8 })
  state!: SecretState;

  @Column({ type: "datetime", precision: 6 })
  createdAt!: Date;

  /** When it stops or stopped: end of the grace period, or of the secret itself. Null while it is PENDING or ACTIVE. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  expiresAt!: Date | null;

  /** When it became ACTIVE by its first use; null for a key's first secret, which is so from the beginning. */
  @Column({ type: "datetime", precision: 6, nullable: true })
  firstUsedAt!: Date | null;

  /** How long its predecessor goes on from its first use; null for a key's first secret, which has none. */
  @Column({ type: "integer", nullable: true })
  graceSeconds!: number | null;
}
