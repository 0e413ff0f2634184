import { extname } from "node:path";

/** Characters of a file name that is kept, at most: what file systems take. */
export const LONGEST_FILE_NAME = 255;
const LONGEST_EXTENSION = 20;

/** Control and shapeless characters (which can make `exe.fdp` look like `pdf.exe`), and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cs}]|[^\P{Cf}\u200c\u200d]/gu;
/** What no file system, or not every one, takes in a name. */
const RESERVED = /[<>:"|?*]/g;

/**
 * A name to keep and to offer on download, made of whatever a client calls its file: no path, nothing invisible, nothing that a file
 * system refuses, at most 255 characters with the extension kept; `document` where nothing is left.
 *
 * @example
 * cleanFileName("..\\..\\pay/slip\u202e.pdf"); // "slip.pdf"
 */
export function cleanFileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? "";
  const clean = last.replace(UNSAFE, "").replace(RESERVED, "_").trim();
  // A name of dots alone is a folder, and one that ends in a dot loses it on Windows.
  const name = clean.replace(/[. ]+$/, "");
  if (name === "") return "document";
  const characters = [...name];
  if (characters.length <= LONGEST_FILE_NAME) return name;
  const extension = [...extname(name)].slice(0, LONGEST_EXTENSION);
  return [...characters.slice(0, LONGEST_FILE_NAME - extension.length), ...extension].join("");
}
