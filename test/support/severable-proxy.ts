import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy on the loopback interface that a test can cut or freeze, as a failing network or server would. */
export interface SeverableProxy {
  readonly port: number;
  /** Resets every connection and refuses new ones. */
  sever(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
  /** Forwards nothing any more, in either direction, and says nothing of it: connections stand, and new ones are still taken. */
  freeze(): void;
  /** Forwards again, first what has come meanwhile. */
  thaw(): void;
}

/** Starts a proxy to `port`; `sever` it to stop it. */
export async function startProxy(port: number): Promise<SeverableProxy> {
  const open = new Set<Socket>();
  let isFrozen = false;
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
      one.on("data", (data) => void other.write(data));
      one.on("end", () => void other.end());
      if (isFrozen) one.pause();
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
    freeze() {
      isFrozen = true;
      for (const socket of open) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of open) socket.resume();
    },
  };
}
