import type { Fields, Status } from './message-format.ts';

interface EventFields {
  /** `fields` is empty where the body couldn't be read; `remark` says what is special about the request. */
  'request-received': { path: string; fields: Fields; remark?: string };
  /** The beginning of the number has the word of a behaviour, and not its digits: it is treated as any other number. */
  'behaviour-misspelt': { meant: string };
  booked: { oid_refundno: string; money_refund: string };
  'status-changed': { from: Status; to: Status };
  /** `remark` says what is deliberately wrong with the answer. */
  answered: { httpStatus: number; fields: Fields; remark?: string };
  /** No answer, or a part of one, was sent; `reason` says which. */
  unanswered: { reason: string };
  /** `remark` says what is special about it. */
  'notification-sent': { url: string; attempt: number; fields: Fields; remark?: string };
  'notification-acknowledged': { url: string; attempt: number };
  /** `repeatInMs` is gateway time; it is missing when this was the last attempt. */
  'notification-unacknowledged': { url: string; attempt: number; reason: string; repeatInMs?: number };
  /** The URL is on another machine, so nothing was sent. */
  'notification-withheld': { url: string };
  /** Of an exchange refund, the gateway notifies success only. */
  'notification-omitted': { status: Status };
}

/** What happened in the gateway. `no_refund` is empty where the message had none. */
export type GatewayEvent = {
  [Type in keyof EventFields]: { type: Type; no_refund: string; at: Date } & EventFields[Type];
}[keyof EventFields];

// Distributes over the union: a plain Omit would merge its members into one.
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Passes an event to the listener; its time is set here. */
export type Emit = (event: Without<GatewayEvent, 'at'>) => void;

const statusNames: Record<string, string> = { 0: 'initialized', 1: 'processing', 2: 'success', 3: 'failed' };

function named(sta: string | undefined): string {
  if (!sta) return 'no sta_refund';
  return `sta_refund ${sta} (${statusNames[sta] ?? 'no such status'})`;
}

/** An event as one line of text; undefined where, as a rule, another event's line says the same. */
export function eventText(event: GatewayEvent): string | undefined {
  switch (event.type) {
    case 'request-received':
      return [`receives the signed request at ${event.path}`, event.remark].filter(Boolean).join(': ');
    case 'behaviour-misspelt':
      return `knows no such behaviour, and treats it as any other number; was ${event.meant} meant, with digits?`;
    case 'booked':
      return `books ${event.money_refund} CNY as ${event.oid_refundno}`;
    case 'answered': {
      const { httpStatus, fields, remark = fields.sign ? 'signed' : '' } = event;
      const code = fields.sta_refund ? named(fields.sta_refund) : fields.ret_msg;
      const status = httpStatus === 200 ? '' : `HTTP ${httpStatus}`;
      return `answers ${[status, fields.ret_code, code, remark].filter(Boolean).join(', ')}`;
    }
    case 'unanswered':
      return `does not answer: ${event.reason}`;
    case 'status-changed':
      return undefined;
    case 'notification-sent':
      return `notifies ${event.url}: ${named(event.fields.sta_refund)}, ${event.remark ?? 'signed'}`;
    case 'notification-acknowledged':
      return 'has its notification acknowledged';
    case 'notification-unacknowledged':
      return `gets no acknowledgement: ${event.reason}`;
    case 'notification-withheld':
      return `would notify ${event.url}, which is not on this machine`;
    case 'notification-omitted':
      return `does not notify ${named(event.status)}: for an exchange refund, only a query reports it`;
  }
}

/** An event as one line of text, also where another one says the same: some changes of status are never notified. */
export function bookText(event: GatewayEvent): string {
  if (event.type !== 'status-changed') return eventText(event) ?? event.type;
  return `changes ${named(event.from)} to ${named(event.to)} in its books`;
}
