import type { FastifyInstance } from "fastify";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latchkey</title>
<style>
  :root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif }
  body { max-width: 34rem; margin: 12vh auto 0; padding: 0 1.25rem }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem }
  p { margin: 0 0 1.5rem; opacity: .8 }
  ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
  li { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
  a { display: flex; justify-content: space-between; gap: 1rem; padding: .8rem .1rem; color: inherit; text-decoration: none }
  a:hover, a:focus-visible { text-decoration: underline }
  code { opacity: .7; font-size: .9em }
</style>
<h1>Latchkey is running</h1>
<p>HR records, handed out field by field.</p>
<ul>
  <li><a href="/graphql">Apollo Sandbox: explore and run queries <code>/graphql</code></a>
  <li><a href="/readyz">Whether the database answers <code>/readyz</code></a>
</ul>
</html>
`;

/** `/`: what runs here and where to go, for whoever opens the address in a browser. Loads nothing from elsewhere. */
export function registerStartPage(http: FastifyInstance): void {
  http.get("/", async (_request, reply) =>
    reply
      .header(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      )
      .type("text/html; charset=utf-8")
      .send(PAGE),
  );
}
