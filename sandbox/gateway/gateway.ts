import { createServer } from 'node:http';
import { close, listen, readBody } from '../http.ts';
import { Newest } from '../newest.ts';
import { GatewayClock } from './clock.ts';
import type { GatewayContext } from './context.ts';
import type { Emit, GatewayEvent } from './events.ts';
import { type Kind, Ledger, type Payment } from './ledger.ts';
import { type Overrides, sendManualNotification } from './manual-notification.ts';
import { type Fields, toJson } from './message-format.ts';
import type { RepliedNotification, SentNotification } from './notification.ts';
import { NotificationLog } from './notification-log.ts';
import { Notifier } from './notifier.ts';
import { type GatewayOptions, gatewaySettings } from './options.ts';
import { type ReceivedRequest, requestHandler } from './request-handler.ts';
import { Signer } from './signer.ts';

/** What the ledger has of a refund now, without lag. */
interface LedgerEntry {
  readonly kind: Kind;
  /** What a query reports, unsigned; of the last payment, where duplicates are paid. */
  readonly fields: Fields;
}

export interface Gateway {
  /** The origin: `http://127.0.0.1:…`. */
  readonly url: string;
  ledgerEntry(no_refund: string): LedgerEntry | undefined;
  /** All payments that were booked for a refund, oldest first. */
  payments(no_refund: string): readonly Payment[];
  /** How many payments were booked for it and haven't failed. */
  paidCount(no_refund: string): number;
  /** Every request with this number, rejected ones and queries too, in order of arrival. */
  requests(no_refund: string): readonly ReceivedRequest[];
  /** What happened about a refund, oldest first, as far as it is remembered. */
  events(no_refund: string): readonly GatewayEvent[];
  /** The notifications that were sent, of a refund or all, oldest first, as far as they are remembered. */
  notifications(no_refund?: string): readonly SentNotification[];
  /** The notification with an id; undefined where there is none, or it is forgotten. */
  notification(id: string): SentNotification | undefined;
  /** Sends the identical bytes to the same URL, once. */
  resend(sent: SentNotification): Promise<RepliedNotification>;
  /**
   * Sends one signed notification of the refund's present status, and doesn't repeat it. A `sign` among the
   * overrides is sent as it is.
   * @param url where to, instead of the request's notify_url; needed for a refund that was never booked
   * @throws UnusableUrl when there is no such URL, or it is on another machine
   */
  notify(no_refund: string, overrides?: Overrides, url?: string): Promise<RepliedNotification>;
  /** The fields and the gateway's signature, as JSON text. */
  signMessage(fields: Fields): string;
  /** Signs with another PEM private key from now on, as after a key rotation. */
  signWith(privateKey: string): void;
  /**
   * Pauses everything that comes later than an answer: changes of status, notifications and their repetitions.
   * @returns ends the pause
   */
  pause(): () => void;
  /** Ends all waiting, breaks all connections. */
  stop(): Promise<void>;
}

/**
 * Starts a gateway on 127.0.0.1.
 * @throws Error that names the port, when it is in use
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const settings = gatewaySettings(options);
  const clock = new GatewayClock(settings.clockSpeed);
  const events = new Newest<GatewayEvent>(settings.remembered);
  const emit: Emit = (event) => {
    const happened = { ...event, at: new Date() };
    events.add(happened);
    settings.onEvent(happened);
  };
  const ledger = new Ledger();
  const signer = new Signer(settings.gatewayPrivateKey, settings.untrustedPrivateKey);
  const log = new NotificationLog(settings.remembered);
  const notifier = new Notifier(clock, emit, log);
  const context: GatewayContext = { settings, clock, ledger, signer, notifier, emit };
  const requests: ReceivedRequest[] = [];
  const handle = requestHandler(context, requests);

  const server = createServer(async (request, response) => {
    const body = await readBody(request).catch(() => undefined);
    // Without a body, the client has gone.
    if (body) clock.background(() => handle(request, body, response));
  });
  // Longer than any client keeps a connection: a reused one that is just being closed would look like a broken one.
  server.keepAliveTimeout = 120_000;
  const url = await listen(server, settings.port, 'the sandbox gateway');

  return {
    url,
    ledgerEntry(no_refund) {
      const payment = ledger.payments(no_refund).at(-1);
      return payment && { kind: payment.kind, fields: payment.message(payment.status) };
    },
    payments: (no_refund) => ledger.payments(no_refund),
    paidCount: (no_refund) => ledger.payments(no_refund).filter(({ status }) => status !== '3').length,
    requests: (no_refund) => requests.filter(({ fields }) => fields.no_refund === no_refund),
    events: (no_refund) => events.filter((event) => event.no_refund === no_refund),
    notifications: (no_refund) => log.list(no_refund),
    notification: (id) => log.find(id),
    resend: ({ id, notification }) => notifier.send({ ...notification, remark: `the bytes of ${id} again` }),
    notify: (no_refund, overrides, to) => sendManualNotification(context, no_refund, overrides, to),
    signMessage: (fields) => toJson(signer.sign(fields)),
    signWith: (privateKey) => signer.signWith(privateKey),
    pause: () => clock.pause(),
    async stop() {
      clock.stop();
      await close(server);
    },
  };
}
