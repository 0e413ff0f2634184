import { parseArgs } from "node:util";

/** An option of a command: what it is where it is not given, and how its text is read; `read` null makes it a flag. */
export interface Option<Value> {
  readonly initial: Value;
  /** Throws a RangeError that says what is wanted, without the option's name. */
  readonly read: ((text: string) => Value) | null;
}

type Values<Options> = { readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never };

/** A whole number that is not less than `least`. */
export function count(initial: number, least = 1): Option<number> {
  const read = (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new RangeError(`"${text}" is not a whole number of at least ${least}`);
  };
  return { initial, read };
}

/** Given or not. */
export function flag(): Option<boolean> {
  return { initial: false, read: null };
}

/** Some of `all` by their names, in the order given and in any case, with commas between them. */
export function someOf<Named extends { readonly name: string }>(all: readonly Named[]): Option<readonly Named[]> {
  const find = (name: string): Named => {
    const found = all.find((one) => one.name.toUpperCase() === name.trim().toUpperCase());
    if (found !== undefined) return found;
    throw new RangeError(`there is no "${name}", but ${all.map((one) => one.name).join(", ")}`);
  };
  return { initial: all, read: (text) => text.split(",").map(find) };
}

/** Those of `all` that have a text in their names; all of them without it. */
export function containing<Named extends { readonly name: string }>(all: readonly Named[]): Option<readonly Named[]> {
  const read = (text: string): readonly Named[] => {
    const found = all.filter(({ name }) => name.includes(text));
    if (found.length > 0) return found;
    throw new RangeError(`none has "${text}" in its name: ${all.map(({ name }) => `"${name}"`).join(", ")}`);
  };
  return { initial: all, read };
}

/** The options that mean nothing beside a flag, by the flag. */
type Alone<Options> = { readonly [Flag in keyof Options]?: readonly (keyof Options & string)[] };

/**
 * The options of a command by name. A wrong one is an Error whose message names it and says what is wanted.
 *
 * @example
 * parseOptions(["--rounds", "6"], { rounds: count(4), mariadb: flag() }); // { rounds: 6, mariadb: false }
 */
export function parseOptions<Options extends Readonly<Record<string, Option<unknown>>>>(
  parameters: readonly string[],
  options: Options,
  alone: Alone<Options> = {},
): Values<Options> {
  const named = Object.entries(options);
  const types = named.map(([name, { read }]) => [name, { type: read === null ? "boolean" : "string" }] as const);
  const { values } = parseArgs({ args: [...parameters], options: Object.fromEntries(types) });
  for (const [flag, others] of Object.entries(alone)) {
    const meaningless = values[flag] === true ? others?.find((name) => values[name] !== undefined) : undefined;
    if (meaningless !== undefined) throw new RangeError(`--${meaningless}: means nothing with --${flag}`);
  }
  const read = named.map(([name, option]): [string, unknown] => {
    const given = values[name];
    if (given === undefined || option.read === null) return [name, given ?? option.initial];
    try {
      return [name, option.read(String(given))];
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`--${name}: ${error.message}`);
      throw error;
    }
  });
  return Object.fromEntries(read) as Values<Options>;
}

/**
 * The options that this process was started with. A wrong one ends it with 1 and one line, before anything is begun; `--help` with 0
 * and what there is.
 */
export function readOptions<Options extends Readonly<Record<string, Option<unknown>>>>(
  options: Options,
  alone: Alone<Options> = {},
): Values<Options> {
  const parameters = process.argv.slice(2);
  const known = ["options:", ...Object.keys(options).map((name) => `--${name}`)];
  const help = `${known.length === 1 ? "no options" : known.join(" ")}; see bench/README.md`;
  if (parameters.includes("--help")) {
    process.stdout.write(`${help}\n`);
    process.exit(0);
  }
  try {
    return parseOptions(parameters, options, alone);
  } catch (error) {
    const why = (error as Error).message.replaceAll("\n", " ");
    process.stderr.write(`bench: ${why} (${help})\n`);
    process.exit(1);
  }
}
