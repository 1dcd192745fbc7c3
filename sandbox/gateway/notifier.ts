import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readBody } from '../http.ts';
import type { GatewayClock } from './clock.ts';
import type { Emit } from './events.ts';
import { type Fields, parseObject } from './message-format.ts';

/** The merchant's reply to one notification. */
export interface NotificationReply {
  /** Whether the expected reply came in time. */
  readonly acknowledged: boolean;
  /** Missing where no reply came, with the `reason`. */
  readonly httpStatus?: number;
  readonly body?: string;
  readonly reason?: string;
}

const replyLimitMs = 5_000;
const maxAttempts = 30;
const intervalMs = 2 * 60 * 1_000;

/** A signed message on its way to the merchant. */
export interface Notification {
  readonly no_refund: string;
  readonly url: string;
  readonly fields: Fields;
  readonly text: string;
}

/** Sends notifications and repeats them until the merchant acknowledges them. */
export class Notifier {
  readonly #clock: GatewayClock;
  readonly #emit: Emit;

  constructor(clock: GatewayClock, emit: Emit) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Resolves after the first attempt; the repetitions go on in the background: 30 in all, 2 minutes apart. */
  async deliver(notification: Notification): Promise<void> {
    const { no_refund, url } = notification;
    if (!isLoopback(url)) return this.#emit({ type: 'notification-withheld', no_refund, url });
    const reply = await this.send(notification, 1, intervalMs);
    if (!reply.acknowledged) this.#clock.background(() => this.#repeat(notification));
  }

  /** Sends it once, and emits what happened. */
  async send(notification: Notification, attempt = 1, repeatInMs?: number): Promise<NotificationReply> {
    const { no_refund, url, fields } = notification;
    this.#emit({ type: 'notification-sent', no_refund, url, attempt, fields });
    const reply = await this.#post(notification);
    this.#clock.stopped.throwIfAborted();
    if (reply.acknowledged) this.#emit({ type: 'notification-acknowledged', no_refund, url, attempt });
    else {
      const reason = reply.reason ?? `HTTP ${reply.httpStatus}: ${reply.body}`;
      const repeat = repeatInMs === undefined ? {} : { repeatInMs };
      this.#emit({ type: 'notification-unacknowledged', no_refund, url, attempt, reason, ...repeat });
    }
    return reply;
  }

  async #repeat(notification: Notification): Promise<void> {
    for (let attempt = 2; attempt <= maxAttempts; attempt += 1) {
      await this.#clock.wait(intervalMs);
      const next = attempt < maxAttempts ? intervalMs : undefined;
      const reply = await this.send(notification, attempt, next);
      if (reply.acknowledged) return;
    }
  }

  async #post({ url, text }: Notification): Promise<NotificationReply> {
    const signal = AbortSignal.any([this.#clock.stopped, AbortSignal.timeout(replyLimitMs)]);
    try {
      const response = await post(url, text, signal);
      const body = await readBody(response);
      const acknowledged = response.statusCode === 200 && parseObject(body)?.ret_code === '0000';
      return { acknowledged, httpStatus: response.statusCode ?? 0, body: body.toString() };
    } catch (error) {
      const reason = signal.aborted ? `no reply within ${replyLimitMs} ms` : String(error);
      return { acknowledged: false, reason };
    }
  }
}

/** Whether a URL stays on this machine. A sample's notify_url is a stranger's real host, which must get nothing. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

function post(url: string, text: string, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = {
    'Content-Type': 'text/json;charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  };
  return new Promise((resolve, reject) => {
    // No agent: a pooled connection would outlive the gateway's stop.
    request(url, { method: 'POST', headers, agent: false, signal })
      .on('response', resolve)
      .on('error', reject)
      .end(text);
  });
}
