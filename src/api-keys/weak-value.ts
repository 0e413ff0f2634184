const FEWEST_DIGITS = 8;
/** Of the 31 steps from one digit to the next; a random value has fewer than ten that are alike. */
const MOST_ALIKE = 20;

/**
 * `WEAK_VALUE: …` for a supplied GUID that whoever guesses would try early: few different digits, as in
 * 11111111-0000-0000-0000-000000000001, or digits that count up, down or in steps. A random one meets neither: the chance is
 * below one in ten million. Only a hint, since no test can tell that a value is random.
 *
 * @example
 * weakValueWarnings("01234567-89ab-cdef-0123-456789abcdef"); // ["WEAK_VALUE: digits in sequence"]
 */
export function weakValueWarnings(guid: string): string[] {
  const digits = [...guid.replaceAll("-", "")].map((digit) => Number.parseInt(digit, 16));
  if (new Set(digits).size < FEWEST_DIGITS) return [`WEAK_VALUE: fewer than ${FEWEST_DIGITS} different digits`];
  const alike = new Map<number, number>();
  digits.slice(1).forEach((digit, at) => {
    const step = (digit - (digits[at] ?? 0) + 16) % 16;
    alike.set(step, (alike.get(step) ?? 0) + 1);
  });
  return Math.max(...alike.values()) >= MOST_ALIKE ? ["WEAK_VALUE: digits in sequence"] : [];
}
