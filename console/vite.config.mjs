import { defineConfig } from "vite";

/** `npx vite console` serves the sources while they are edited, and passes what belongs to the service on to it. */
export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // One file: what a page of the console needs first is most of it.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      onLog(level, log, handle) {
        // Every file of Mantine has "use client", which means nothing to a page without server rendering.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
      },
    },
  },
  server: { proxy: { "/graphql": "http://127.0.0.1:4000" } },
});
