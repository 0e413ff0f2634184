/**
 * The file that a key is downloaded as; only characters that every file system takes.
 *
 * @example
 * fileNameOf("Payroll: export/2"); // "payroll-export-2.apikey"
 */
export function fileNameOf(keyName: string): string {
  const stem = keyName
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return `${stem || "latchkey"}.apikey`;
}
