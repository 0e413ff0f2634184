/** Letters by what they are without regard to case; only those that have company. Made at the first search. */
let families: ReadonlyMap<string, string> | null = null;

/** Beyond the second plane there are no letters with two cases. */
const LAST_LETTER = 0x1ffff;
/** Characters that are looked at together: most blocks have no letter with two cases, and looking at each takes a tenth of a second. */
const BLOCK = 256;
const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/**
 * Every character that is `character` in some case, itself included: letters only ever stand for single letters, so `ß` is `ẞ` but
 * never `SS`. The dotted `İ` and the dotless `ı` of Turkish both count as `i`, since people search without a Turkish keyboard.
 *
 * @example
 * casesOf("σ"); // "Σςσ"
 */
export function casesOf(character: string): string {
  families ??= readFamilies();
  return families.get(caselessOf(character)) ?? character;
}

function readFamilies(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let first = 0; first <= LAST_LETTER; first += BLOCK) {
    if (isSurrogate(first)) continue;
    const block = Array.from({ length: BLOCK }, (_, at) => String.fromCodePoint(first + at));
    const text = block.join("");
    if (text.toUpperCase() === text && text.toLowerCase() === text) continue;
    for (const character of block) {
      const caseless = caselessOf(character);
      found.set(caseless, (found.get(caseless) ?? "") + character);
    }
  }
  for (const [caseless, members] of found) if ([...members].length === 1) found.delete(caseless);
  return found;
}

/** Unicode's simple case folding, by way of upper case, which brings final and long forms together. */
function caselessOf(character: string): string {
  if (character === "\u0130") return "i";
  const upper = singleOr(character, character.toUpperCase());
  return singleOr(upper, upper.toLowerCase());
}

function singleOr(character: string, mapped: string): string {
  return [...mapped].length === 1 ? mapped : character;
}
