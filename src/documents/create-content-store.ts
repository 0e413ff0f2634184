import { type Config, ConfigError } from "../config";
import type { ContentStore } from "./content-store";
import { createFileContentStore } from "./file-content-store";

/** The content store that the configuration names. Touches nothing until `ready`, which throws `ConfigError` naming the setting at fault. */
export function createContentStore({ documentsDir }: Pick<Config, "documentsDir">): ContentStore {
  const place = createFileContentStore(documentsDir);
  return {
    ...place,
    async ready() {
      try {
        await place.ready();
      } catch (error) {
        throw new ConfigError(`DOCUMENTS_DIR cannot be written to: ${(error as Error).message}`);
      }
    },
  };
}
