import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { FormattedExecutionResult } from "graphql";
import { isLarge, writeInTurns } from "../kernel/json-in-turns";
import { stringify } from "../kernel/json-text";

/** The end of every answer, as Apollo Server has it. */
const END = "\n";

/** The body of the answer with this result, in one text. */
export function writeAnswer(result: FormattedExecutionResult): string {
  return `${stringify(inOrder(result))}${END}`;
}

/** The same as UTF-8 in pieces, written while others are answered; null where the answer is not large. */
export async function writeLargeAnswer(result: FormattedExecutionResult): Promise<Buffer[] | null> {
  const ordered = inOrder(result);
  return isLarge(ordered) ? [...(await writeInTurns(ordered)), Buffer.from(END)] : null;
}

/** What Apollo Server writes in place of an answer that is sent in pieces; it still may refuse the request instead. */
export const LEFT_OUT: FormattedExecutionResult = Object.freeze({});
const LEFT_OUT_TEXT = writeAnswer(LEFT_OUT);

/** Whether Apollo Server's body stands for the pieces: a client that accepts no JSON, say, gets its refusal, not the answer. */
export function standsForPieces(body: unknown): boolean {
  return body === LEFT_OUT_TEXT;
}

/** Has Fastify send the pieces one after the other, as fast as the client takes them; nothing where it has left. */
export function sendInPieces(pieces: readonly Buffer[], reply: FastifyReply): Readable | string {
  // Fastify would take that for a stream that broke, which is a defect to the log and to /metrics.
  if (reply.raw.destroyed) return "";
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  reply.header("content-length", length);
  return Readable.from(pieces);
}

/** Members in the order of every answer. */
function inOrder({ errors, data, extensions }: FormattedExecutionResult): object {
  return { errors, data, extensions };
}
