import { type Config, ConfigError } from "../config";
import type { ContentStore } from "./content-store";
import { createFileContentStore } from "./file-content-store";
import { createS3ContentStore } from "./s3-content-store";

/** The content store that the configuration names. Touches nothing until `ready`, which throws `ConfigError` naming the setting at fault. */
export function createContentStore({
  documentsDir,
  documentsBucket = null,
}: Pick<Config, "documentsDir"> & Partial<Pick<Config, "documentsBucket">>): ContentStore {
  const place = documentsBucket ? createS3ContentStore(documentsBucket) : createFileContentStore(documentsDir);
  const fault = documentsBucket ? "DOCUMENTS_URL cannot be used" : "DOCUMENTS_DIR cannot be written to";
  return {
    ...place,
    async ready() {
      try {
        await place.ready();
      } catch (error) {
        throw new ConfigError(`${fault}: ${(error as Error).message}`);
      }
    },
  };
}
