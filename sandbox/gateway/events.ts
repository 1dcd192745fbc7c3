import type { Fields, Status } from './wire.ts';

interface Happenings {
  /** `fields` is empty where the body couldn't be read. */
  'request-received': { path: string; fields: Fields };
  booked: { oid_refundno: string; money_refund: string };
  'status-changed': { from: Status; to: Status };
  answered: { httpStatus: number; fields: Fields };
  /** The answer was held back or broken off; `reason` says how. */
  unanswered: { reason: string };
  'notification-sent': { url: string; attempt: number; fields: Fields };
  'notification-acknowledged': { url: string; attempt: number };
  /** `repeatInMs` is gateway time; it is missing when this was the last attempt. */
  'notification-refused': { url: string; attempt: number; reason: string; repeatInMs?: number };
  /** The URL leaves this machine, so nothing was sent. */
  'notification-withheld': { url: string };
}

/** What happened in the gateway, told apart by `type`. `no_refund` is empty where no message named one. */
export type GatewayEvent = {
  [Type in keyof Happenings]: { type: Type; no_refund: string; at: Date } & Happenings[Type];
}[keyof Happenings];

// Distributes over the union: a plain Omit would merge its members into one.
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Tells the listener of an event, which gets its time here. */
export type Emit = (event: Without<GatewayEvent, 'at'>) => void;
