/** The part of autocannon 9 that bench/load.ts uses; the package has no types of its own. */
declare module "autocannon" {
  import type { EventEmitter } from "node:events";

  export interface LoadRequest {
    readonly method: "POST";
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }

  export interface LoadClient {
    setRequests(requests: LoadRequest[]): void;
  }

  export interface LoadOptions {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    setupClient(client: LoadClient): void;
  }

  export interface LoadResult {
    /** Seconds that it really took. */
    readonly duration: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly "2xx": number;
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
  }

  /** Emits `response` with the client, the status, bytes and milliseconds of each response. */
  export default function autocannon(
    options: LoadOptions,
    done: (error: Error | null, result: LoadResult) => void,
  ): EventEmitter;
}
