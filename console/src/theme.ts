import { createTheme } from "@mantine/core";

/** Restrained: one colour for what can be done, system fonts, and colours only where they say something. */
export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  components: {
    Badge: { defaultProps: { tt: "none", fw: 600 }, styles: { root: { minWidth: "max-content" } } },
    Modal: { styles: { title: { fontSize: "1.1rem", fontWeight: 650 } } },
    TableScrollContainer: { defaultProps: { type: "native" } },
  },
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.1rem" } } },
});

/** The nonce of this answer's policy, which the style elements that are made at run time must carry. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Where get-nonce, with which Mantine's dialogs keep the page behind them from scrolling, looks for it.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
