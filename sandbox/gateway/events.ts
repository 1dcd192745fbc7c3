import type { Fields, Status } from './wire.ts';

interface Happenings {
  /** `fields` is empty where the body couldn't be read. */
  'request-received': { path: string; fields: Fields };
  booked: { oid_refundno: string; money_refund: string };
  'status-changed': { from: Status; to: Status };
  /** `remark` says what is wrong with it, where that is on purpose. */
  answered: { httpStatus: number; fields: Fields; remark?: string };
  /** The answer was held back or broken off; `reason` says how. */
  unanswered: { reason: string };
  'notification-sent': { url: string; attempt: number; fields: Fields };
  'notification-acknowledged': { url: string; attempt: number };
  /** `repeatInMs` is gateway time; it is missing when this was the last attempt. */
  'notification-refused': { url: string; attempt: number; reason: string; repeatInMs?: number };
  /** The URL leaves this machine, so nothing was sent. */
  'notification-withheld': { url: string };
  /** The gateway tells nobody: of an exchange refund it notifies success only. */
  'notification-omitted': { status: Status };
}

/** What happened in the gateway, told apart by `type`. `no_refund` is empty where no message named one. */
export type GatewayEvent = {
  [Type in keyof Happenings]: { type: Type; no_refund: string; at: Date } & Happenings[Type];
}[keyof Happenings];

// Distributes over the union: a plain Omit would merge its members into one.
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Tells the listener of an event, which gets its time here. */
export type Emit = (event: Without<GatewayEvent, 'at'>) => void;

const statusNames: Record<string, string> = { 0: 'initialized', 1: 'processing', 2: 'success', 3: 'failed' };

/** An event in words; undefined where another event says the same. */
export function wordsFor(event: GatewayEvent): string | undefined {
  const named = (sta = '') => `sta_refund ${sta} (${statusNames[sta]})`;
  switch (event.type) {
    case 'request-received':
      return `receives the signed request at ${event.path}`;
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
      return `notifies ${event.url}: ${named(event.fields.sta_refund)}, signed`;
    case 'notification-acknowledged':
      return 'has its notification acknowledged';
    case 'notification-refused':
      return `has its notification refused: ${event.reason}`;
    case 'notification-withheld':
      return `would notify ${event.url}, which is not on this machine`;
    case 'notification-omitted':
      return `does not notify ${named(event.status)}: of an exchange refund only a query tells it`;
  }
}
