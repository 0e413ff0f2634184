import { defineConfig } from "vite";

/** `npx vite console` serves the sources while they are edited, and passes what belongs to the service on to it. */
export default defineConfig({
  base: "/",
  publicDir: false,
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { "/graphql": "http://127.0.0.1:4000" } },
});
