import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { ApiSet } from "../api-sets/api-set.entity";
import { ApiKey } from "./api-key.entity";

/** Binds a key to an API set: the set's present grants count for the key. */
@Entity("api_key_api_set")
export class ApiKeyApiSet {
  @PrimaryColumn({ type: "varchar", length: 12 })
  apiKeyId!: string;

  @Index("api_key_api_set_set")
  @PrimaryColumn({ type: "varchar", length: 36 })
  apiSetId!: string;

  @ManyToOne(() => ApiKey, { onDelete: "CASCADE", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "apiKeyId", foreignKeyConstraintName: "api_key_api_set_key_fk" })
  apiKey?: Relation<ApiKey>;

  @ManyToOne(() => ApiSet, { onDelete: "RESTRICT", onUpdate: "NO ACTION", nullable: false })
  @JoinColumn({ name: "apiSetId", foreignKeyConstraintName: "api_key_api_set_set_fk" })
  apiSet?: Relation<ApiSet>;
}
