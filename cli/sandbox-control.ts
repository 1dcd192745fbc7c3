import type { ControlAddress } from './running-sandbox.ts';

/** What the gateway does with numbers that begin so. */
export interface GatewayBehaviour {
  /** As docs/sandbox.md has it: `code-NNNN-`. */
  beginning: string;
  text: string;
  /** A beginning that can be used as it is: `code-5006-`. */
  example: string;
}

/** One sending of a signed message. Times are ISO 8601, UTC. */
export interface GatewayNotification {
  id: string;
  no_refund: string;
  at: string;
  url: string;
  /** From 1 to 30 where the gateway repeats it by itself; otherwise 1. */
  attempt: number;
  /** The message to the letter. */
  text: string;
  /** Missing while the reply is awaited. */
  acknowledged?: boolean;
  http_status?: number;
  reply?: string;
  /** Why there is no reply. */
  reason?: string;
}

/** What the gateway has of a refund. Times are ISO 8601, UTC. */
export interface GatewayBooks {
  payments: {
    kind: 'refund' | 'exchange-refund';
    oid_refundno: string;
    money_refund: string;
    booked_at: string;
    statuses: { sta_refund: string; at: string }[];
  }[];
  events: { at: string; type: string; text: string; fields?: Record<string, string> }[];
}

/** A notification to sign and send. */
export interface NotificationOrder {
  no_refund: string;
  /** Values in place of the normal ones; null leaves a field out. A `sign` is sent as it is. */
  changes?: Record<string, string | null>;
  /** On this machine. Default: the refund's own notify_url. */
  url?: string;
}

/** The sandbox's gateway, as it shows itself and takes orders. Every call throws SandboxControlError. */
export interface SandboxControl {
  /** All behaviours but the default one; with a number, the one that it selects, or none. */
  behaviours(noRefund?: string): Promise<GatewayBehaviour[]>;
  books(noRefund: string): Promise<GatewayBooks>;
  /** Of a refund or of all, the newest last; at most `limit` of the newest. */
  notifications(noRefund?: string, limit?: number): Promise<GatewayNotification[]>;
  notification(id: string): Promise<GatewayNotification>;
  /** Sends the identical bytes again, once; comes back with the new notification and its reply. */
  resend(id: string): Promise<GatewayNotification>;
  send(order: NotificationOrder): Promise<GatewayNotification>;
}

/** The gateway did not do what it was asked for. The message says what to do. */
export class SandboxControlError extends Error {
  /** HTTP; 0 where no answer came. */
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Longer than the gateway waits for the reply to a notification, milliseconds. */
const ANSWER_WITHIN_MS = 15_000;

/** The control of the sandbox at that address, which the sandbox has written down. */
export function sandboxControl(address: ControlAddress): SandboxControl {
  const get = <T>(path: string, query: Query = {}) => ask<T>(address, pathWith(path, query));
  const post = <T>(path: string, body: object) => ask<T>(address, path, body);
  return {
    behaviours: async (noRefund) =>
      (await get<{ behaviours: GatewayBehaviour[] }>('/behaviours', { no_refund: noRefund })).behaviours,
    books: (noRefund) => get('/books', { no_refund: noRefund }),
    async notifications(noRefund, limit) {
      const query = { no_refund: noRefund, limit };
      const answer = await get<{ notifications: GatewayNotification[] }>('/notifications', query);
      return answer.notifications;
    },
    notification: (id) => get(`/notifications/${encodeURIComponent(id)}`),
    resend: (id) => post(`/notifications/${encodeURIComponent(id)}/resend`, {}),
    send: (order) => post('/notifications', order),
  };
}

type Query = Record<string, string | number | undefined>;

function pathWith(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const parameters = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  );
  return given.length > 0 ? `${path}?${parameters}` : path;
}

async function ask<T>({ url, token }: ControlAddress, path: string, body?: object): Promise<T> {
  const answer = await fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
    .then(async (response) => ({ status: response.status, value: await response.json() }))
    .catch((cause) => {
      throw new SandboxControlError(NO_ANSWER, 0, { cause });
    });
  if (answer.status === 200) return answer.value as T;
  const { error } = answer.value as { error?: { message?: string } };
  throw new SandboxControlError(error?.message ?? `The sandbox answered ${answer.status}.`, answer.status);
}

const NO_ANSWER =
  "The sandbox's gateway gives no answer. Look whether the sandbox still runs; if it doesn't, start it with `npm start`.";
