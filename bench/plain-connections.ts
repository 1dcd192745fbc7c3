import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SecureContext } from 'node:tls';

/**
 * Stands in for shared/gateway/connections.ts, as the baseline for latencies: an agent of Node.js, four seconds of idling
 * whatever the server says, and nothing opened ahead.
 */
export class Connections {
  readonly agent: HttpAgent;
  #answeredAtMs = 0;

  constructor({ protocol }: URL, secureContext: SecureContext | undefined) {
    this.agent =
      protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, secureContext })
        : new HttpAgent({ keepAlive: true });
  }

  openAhead(): void {}

  closeUnusable(nowMs: number): void {
    if (nowMs - this.#answeredAtMs <= 4_000) return;
    for (const socket of Object.values(this.agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      socket.destroy();
    }
  }

  answered(_response: unknown, nowMs: number): void {
    this.#answeredAtMs = nowMs;
  }
}
