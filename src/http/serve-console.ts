import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { ServiceError } from "../kernel/service-error";

/** What vite leaves in index.html where the page reads the nonce of its style elements. */
const NONCE_PLACE = "__CSP_NONCE__";
const NONCE_BYTES = 16;

/**
 * Serves the built console: its page at `/`, which browsers ask for anew every time, and its files under `/assets/`, whose names
 * hold a digest of their contents, so that they are kept for good. Nothing is loaded from elsewhere, and nothing inline runs:
 * style elements, which Mantine makes at run time, carry a nonce that each answer has its own of.
 *
 * Where there is no built console (`directory` null), `/` says how to get it, and everything else works.
 */
export async function serveConsole(http: FastifyInstance, directory: string | null = builtConsole()): Promise<void> {
  if (directory === null) {
    http.get("/", async () => {
      throw new ServiceError("NOT_FOUND", "The console is not built here: run `npm run build`, and start again.");
    });
    return;
  }
  http.get("/", async (_request, reply) => {
    // Read anew each time: after a build under a running server, the page must name the assets that are there now.
    const page = await readFile(join(directory, "index.html"), "utf8");
    const nonce = randomBytes(NONCE_BYTES).toString("base64");
    return reply
      .header("content-security-policy", policy(nonce))
      .header("referrer-policy", "no-referrer")
      .header("cross-origin-opener-policy", "same-origin")
      .type("text/html; charset=utf-8")
      .send(page.replaceAll(NONCE_PLACE, nonce));
  });
  await http.register(fastifyStatic, {
    root: join(directory, "assets"),
    prefix: "/assets/",
    index: false,
    immutable: true,
    preCompressed: true,
    maxAge: "365d",
    decorateReply: false,
  });
}

/** `console/dist` beside src/, or beside the dist/ that this file was compiled into; null when it was never built. */
function builtConsole(): string | null {
  const places = ["../../console/dist", "../../../console/dist"].map((place) => join(__dirname, place));
  return places.find((place) => existsSync(join(place, "index.html"))) ?? null;
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
