import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { urlToHttpOptions } from 'node:url';

/**
 * A connection that was left alone for longer may have been closed at the other end, most of all while the
 * container was frozen and no timer ran. A refund sent into it would be in doubt for nothing.
 */
const MAX_IDLE_MS = 4_000;

/** Of the time that the server promises, this is left for a request on its way, milliseconds. */
const ON_ITS_WAY_MS = 2_000;

/** However long the server promises: a NAT gateway forgets a connection after 350 seconds. */
const MAX_PROMISED_IDLE_MS = 300_000;

const KEPT = { keepAlive: true };

/** How long a connection may idle whose server answered with this `Keep-Alive` header, milliseconds; 0 is not at all. */
function maxIdleMsOf(keepAlive: string | undefined): number {
  const seconds = /\btimeout=(\d+)/i.exec(keepAlive ?? '')?.[1];
  if (!seconds) return MAX_IDLE_MS;
  return Math.min(MAX_PROMISED_IDLE_MS, Math.max(0, Number(seconds) * 1000 - ON_ITS_WAY_MS));
}

/** Hears, once for each host, its `Keep-Alive` header and how long its connections may idle, milliseconds. */
export type OnKeepAlive = (host: string, keepAlive: string | undefined, maxIdleMs: number) => void;

/**
 * The connections to one host: those that idle between two requests, and one that is opened ahead of the next. A frozen
 * container runs no timer: all times are epoch milliseconds, and compared when a connection is about to be used.
 */
export class Connections {
  readonly agent: HttpAgent;
  readonly #host: string;
  /** What the agent would pass for a request. */
  readonly #options: ConnectionOptions;
  readonly #connect: (options: ConnectionOptions) => Socket;
  readonly #usableUntilMs = new WeakMap<Socket, number>();
  readonly #onKeepAlive: OnKeepAlive;
  #isHeard = false;
  #ahead: Socket | undefined;
  /** Spares the next connection a part of the TLS handshake. */
  #session: Buffer | undefined;

  constructor(url: URL, secureContext: SecureContext | undefined, onKeepAlive: OnKeepAlive) {
    const { hostname, port } = urlToHttpOptions(url);
    const isHttps = url.protocol === 'https:';
    const agent = isHttps ? new HttpsAgent({ secureContext, ...KEPT }) : new HttpAgent(KEPT);
    const host = String(hostname);
    const servername = isIP(host) ? '' : host;
    this.#onKeepAlive = onKeepAlive;
    this.#host = host;
    this.#options = {
      ...(agent as HttpsAgent).options,
      host,
      port: Number(port) || (isHttps ? 443 : 80),
      servername,
    };
    this.#connect = agent.createConnection.bind(agent) as never;
    agent.createConnection = (options) => this.#takeAhead() ?? this.#begin(options as ConnectionOptions);
    this.agent = agent;
  }

  /**
   * Begins to open a connection for the next request, unless one idles. Nothing is sent on it, and nobody hears of its
   * errors: a request that doesn't find it opens its own.
   */
  openAhead(nowMs: number): void {
    this.closeUnusable(nowMs);
    if (this.#ahead || Object.keys(this.agent.freeSockets).length > 0) return;
    const socket = this.#begin(this.#options);
    socket.unref();
    this.#usableUntilMs.set(socket, nowMs + MAX_IDLE_MS);
    this.#ahead = socket;
  }

  /** What has to be done right before a request, so that it gets none of the connections that may be dead. */
  closeUnusable(nowMs: number): void {
    const isUsable = (socket: Socket) => isIntact(socket) && nowMs <= (this.#usableUntilMs.get(socket) ?? 0);
    if (this.#ahead && !isUsable(this.#ahead)) this.#takeAhead()?.destroy();
    for (const socket of Object.values(this.agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (isUsable(socket)) continue;
      socket.destroy();
      // Until it has closed, the agent would go on giving it to requests.
      socket.emit('agentRemove');
    }
  }

  /** Takes the server at its word, when the head of its answer has arrived. */
  answered({ socket, headers }: IncomingMessage, nowMs: number): void {
    const keepAlive = headers['keep-alive']?.toString();
    const maxIdleMs = maxIdleMsOf(keepAlive);
    this.#usableUntilMs.set(socket, maxIdleMs > 0 ? nowMs + maxIdleMs : 0);
    if (!this.#isHeard) this.#onKeepAlive(this.#host, keepAlive, maxIdleMs);
    this.#isHeard = true;
  }

  #takeAhead(): Socket | undefined {
    const socket = this.#ahead;
    this.#ahead = undefined;
    return socket?.ref();
  }

  #begin(options: ConnectionOptions): Socket {
    const socket = this.#connect({ ...options, session: this.#session });
    socket.on('session', (session) => {
      this.#session = session;
    });
    // A request hears of it too. Without one, this is what keeps the error from ending the process.
    socket.on('error', () => {
      // The session itself may be what the server didn't like.
      if (!(socket as TLSSocket).authorized) this.#session = undefined;
    });
    return socket;
  }
}

/** Not closed by the other end, which hasn't said anything either: unasked, it could only be an error. */
function isIntact(socket: Socket): boolean {
  return socket.writable && socket.readableLength === 0;
}
