import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy on the loopback interface that a test can cut, as a failing network or server would. */
export interface SeverableProxy {
  readonly port: number;
  /** Resets every connection and refuses new ones. */
  sever(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
}

/** Starts a proxy to `port`; `sever` it to stop it. */
export async function startProxy(port: number): Promise<SeverableProxy> {
  const open = new Set<Socket>();
  const join = (from: Socket): void => {
    const to = connect({ port, host: "127.0.0.1" });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  };
  const listen = (at: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server: Server = createServer(join).once("error", reject);
      server.listen(at, "127.0.0.1", () => resolve(server));
    });

  let server = await listen(0);
  const own = (server.address() as { port: number }).port;
  return {
    port: own,
    async sever() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.resetAndDestroy();
      await closed;
    },
    async mend() {
      server = await listen(own);
    },
  };
}
