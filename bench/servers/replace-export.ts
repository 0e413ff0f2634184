/**
 * Replaces exports of a module in the module cache, for what the product has no switch for. To be called before anything that uses
 * the module is loaded; `path` is relative to this folder.
 */
export function replaceExport(path: string, replacement: object): void {
  const exported: object = require(path);
  const cached = require.cache[require.resolve(path)];
  for (const name of Object.keys(replacement)) {
    if (cached === undefined || !(name in exported)) throw new Error(`${path} no longer exports ${name}`);
  }
  (cached as NodeJS.Module).exports = { ...exported, ...replacement };
}
