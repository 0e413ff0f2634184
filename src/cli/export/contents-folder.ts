import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { RequestContext } from "../../context";
import { newId } from "../../kernel/id";
import type { Resource } from "../../resources/resource";
import { CommandError } from "../run-command";

/** What is taken over of a file's name, so that programs know what to open it with. */
const EXTENSION = /^\.[A-Za-z0-9]{1,16}$/;
/** How often content is looked for that is replaced at this very moment. */
const MOST_ATTEMPTS = 3;

/** A folder that the contents of exported records go to, each as `<id><extension>`. */
export interface ContentsFolder {
  /**
   * Writes the contents of the records whose ids are the last cells of these rows, and returns the rows with the names of the files
   * there instead. A record that was deleted meanwhile is left out.
   */
  write(rows: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]>;
}

interface Stored {
  readonly id: string;
  readonly fileName: string;
  readonly digest: string;
}

/**
 * The folder at `path`, which is made with the first page when it is not there. Whether the content may leave is not asked here: the page that the ids come from
 * was decided with it (see `contentColumn`).
 */
export function contentsFolder(
  { store, contents }: Pick<RequestContext, "store" | "contents">,
  resource: Resource,
  path: string,
): ContentsFolder {
  const table = store.reader.getMetadata(resource.entity).tableName;
  const find = (ids: readonly string[]): Promise<Stored[]> =>
    store.select<Stored>(
      `SELECT id, fileName, digest FROM ${table} WHERE id IN (${ids.map(() => "?").join(", ")})`,
      ids,
    );

  const writeOne = async (id: string, first: Stored | undefined): Promise<string | null> => {
    let found = first;
    for (let attempt = 1; found !== undefined; attempt++) {
      const content = await contents.open(found.digest);
      if (content !== null) {
        const extension = extname(found.fileName);
        const name = id + (EXTENSION.test(extension) ? extension : "");
        await writeWhole(content, join(path, name));
        return name;
      }
      if (attempt === MOST_ATTEMPTS) throw new CommandError(`the content of ${resource.name} ${id} is missing`);
      [found] = await find([id]);
    }
    return null;
  };

  return {
    async write(rows) {
      await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: Error) =>
        Promise.reject(unwritable(path, error)),
      );
      if (rows.length === 0) return rows;
      const stored = new Map((await find(rows.map(idOf))).map((one) => [one.id, one]));
      const written: (readonly string[])[] = [];
      for (const row of rows) {
        const id = idOf(row);
        const name = await writeOne(id, stored.get(id));
        if (name !== null) written.push([...row.slice(0, -1), name]);
      }
      return written;
    },
  };
}

function idOf(row: readonly string[]): string {
  return row.at(-1) ?? "";
}

/** A file that only its owner may read, under its name when it is complete; one of an earlier export is replaced. */
async function writeWhole(content: NodeJS.ReadableStream, path: string): Promise<void> {
  const partial = `${path}.${newId()}.partial`;
  try {
    await pipeline(content, createWriteStream(partial, { flags: "wx", mode: 0o600 }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw unwritable(path, error as Error);
  }
}

function unwritable(path: string, error: Error): CommandError {
  return new CommandError(`${path} cannot be written: ${error.message}`, { cause: error });
}
