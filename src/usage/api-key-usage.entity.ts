import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { ApiKey } from "../api-keys/api-key.entity";

/** What one key did in one hour under one operation name. Instances add to the same row. */
@Entity("api_key_usage")
export class ApiKeyUsage {
  @PrimaryColumn({ type: "varchar", length: 12 })
  apiKeyId!: string;

  @ManyToOne(() => ApiKey, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "apiKeyId", foreignKeyConstraintName: "api_key_usage_key_fk" })
  apiKey?: Relation<ApiKey>;

  /** Its beginning, in UTC. */
  @Index("api_key_usage_hour")
  @PrimaryColumn({ type: "datetime", precision: 6 })
  hour!: Date;

  /** As the client names it, cut; or one of the names in brackets of operation-name.ts. */
  @PrimaryColumn({ type: "varchar", length: 120 })
  operationName!: string;

  /** All of them, whatever their outcome. */
  @Column({ type: "integer" })
  calls!: number;

  /** Those refused for want of a permission, or before the operation was looked at. */
  @Column({ type: "integer" })
  denials!: number;

  /** Those answered with any other error. */
  @Column({ type: "integer" })
  errors!: number;
}
