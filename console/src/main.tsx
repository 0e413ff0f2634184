import "@mantine/core/styles.css";
import "./console.css";
import { MantineProvider } from "@mantine/core";
import { createRoot } from "react-dom/client";
import { SecretProvider } from "./api-keys/secret-provider";
import { App } from "./app";
import { styleNonce, theme } from "./theme";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
    <SecretProvider>
      <App />
    </SecretProvider>
  </MantineProvider>,
);
