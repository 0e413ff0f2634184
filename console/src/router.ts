import { useSyncExternalStore } from "react";

const current = (): string => window.location.hash;

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/**
 * The parts of the page's address, e.g. `["api-keys", "AbC"]` for `/#/api-keys/AbC`. Behind the hash, so that the service has one
 * page to serve, and names of pages never reach a server's log.
 */
export function useRoute(): readonly string[] {
  const hash = useSyncExternalStore(subscribe, current);
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
}

/** The address of a page, for links. */
export function linkTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Goes to a page, as a link to it would. */
export function goTo(...parts: readonly string[]): void {
  window.location.hash = linkTo(...parts);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
