import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { readCredential } from "../../api-keys/read-credential";
import { CommandError } from "../run-command";

/** Bytes of input that are looked at; no token is nearly as long. */
const LONGEST_INPUT = 4096;

/**
 * The API key in a file, or, for `-`, on standard input: asked for without showing it when that is a terminal. Never from an
 * argument, which everybody on the machine can read.
 *
 * @throws CommandError when there is none, without repeating what was there.
 */
export async function readKey(path: string): Promise<string> {
  const text = path === "-" ? await readInput() : readFrom(path);
  const credential = readCredential(undefined, text.trim());
  const place = path === "-" ? "standard input" : path;
  if (credential.kind === "live" || credential.kind === "guid") return credential.token;
  if (credential.kind === "sess") throw new CommandError(`${place} holds the token of a session, not an API key`);
  throw new CommandError(`${place} holds no API key`);
}

function readFrom(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, LONGEST_INPUT);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

async function readInput(): Promise<string> {
  if (process.stdin.isTTY) return prompt();
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > LONGEST_INPUT) break;
  }
  return text;
}

/** readline shows what is typed by writing it, so its output is one that writes nothing. */
function prompt(): Promise<string> {
  process.stderr.write("API key (not shown): ");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      // Closing tells the listener below, which answers that there was no line.
      resolve(line);
      lines.close();
    });
    lines.once("close", () => {
      process.stderr.write("\n");
      resolve("");
    });
  });
}
