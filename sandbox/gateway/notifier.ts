import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readBody } from '../http.ts';
import type { GatewayClock } from './clock.ts';
import type { Emit } from './events.ts';
import { parseObject } from './message-format.ts';
import type { Notification, NotificationReply, RepliedNotification } from './notification.ts';
import type { NotificationLog } from './notification-log.ts';

const replyLimitMs = 5_000;
const maxAttempts = 30;
const intervalMs = 2 * 60 * 1_000;

/** Sends notifications and repeats them until the merchant acknowledges them. */
export class Notifier {
  readonly #clock: GatewayClock;
  readonly #emit: Emit;
  readonly #log: NotificationLog;

  constructor(clock: GatewayClock, emit: Emit, log: NotificationLog) {
    this.#clock = clock;
    this.#emit = emit;
    this.#log = log;
  }

  /** Resolves after the first attempt; the repetitions go on in the background: 30 in all, 2 minutes apart. */
  async deliver(notification: Notification): Promise<void> {
    const { no_refund, url } = notification;
    if (!isLoopback(url)) return this.#emit({ type: 'notification-withheld', no_refund, url });
    const { reply } = await this.send(notification, 1, intervalMs);
    if (!reply.acknowledged) this.#clock.background(() => this.#repeat(notification));
  }

  /** Sends it once, emits what happened, and keeps it in the log. */
  async send(notification: Notification, attempt = 1, repeatInMs?: number): Promise<RepliedNotification> {
    const { no_refund, url, fields, remark } = notification;
    const sent = this.#log.add(notification, attempt);
    this.#emit({ type: 'notification-sent', no_refund, url, attempt, fields, ...(remark && { remark }) });
    const reply = await this.#post(notification);
    this.#clock.stopped.throwIfAborted();
    const replied = this.#log.reply(sent, reply);
    if (reply.acknowledged) this.#emit({ type: 'notification-acknowledged', no_refund, url, attempt });
    else {
      const reason = reply.reason ?? `HTTP ${reply.httpStatus}: ${reply.body}`;
      const repeat = repeatInMs === undefined ? {} : { repeatInMs };
      this.#emit({ type: 'notification-unacknowledged', no_refund, url, attempt, reason, ...repeat });
    }
    return replied;
  }

  async #repeat(notification: Notification): Promise<void> {
    for (let attempt = 2; attempt <= maxAttempts; attempt += 1) {
      await this.#clock.wait(intervalMs);
      const next = attempt < maxAttempts ? intervalMs : undefined;
      const { reply } = await this.send(notification, attempt, next);
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
