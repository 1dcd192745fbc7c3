import type { Message } from './wire.ts';

export type StaRefund = '0' | '1' | '2' | '3';

/** One refund that the gateway pays, or has paid. Two entries of one number: it was paid twice. */
export interface LedgerEntry {
  request: Message;
  oid_refundno: string;
  staRefund: StaRefund;
  /** What queries answer, and from when on. */
  visible: { staRefund: StaRefund; fromMs: number }[];
}

/** A message that the gateway has signed and sent. */
export interface SentMessage {
  message: Message;
  /** Its fields have their documented form. */
  isReadable: boolean;
  /** It is signed with the gateway's old key, which every container has. */
  isByOldKey: boolean;
}

/** What the gateway has paid and what it has signed: records are compared with it. */
export class Ledger {
  readonly entries = new Map<string, LedgerEntry[]>();
  /** The first request of each number. */
  readonly requests = new Map<string, Message>();
  readonly rejected = new Set<string>();
  /** Numbers about which the gateway has signed a message that isn't true. */
  readonly inconsistent = new Set<string>();
  /** Numbers about which an impostor has answered with an unsigned code. */
  readonly forgedCodes = new Set<string>();
  /** Numbers of refunds that were not applied for through the service. */
  readonly external = new Set<string>();
  readonly #inFlight = new Map<string, number>();
  readonly #sentStatuses = new Set<string>();
  readonly #sentMessages = new Map<string, SentMessage>();
  #count = 0;

  add(request: Message, visibleFromMs: number, staRefund: StaRefund): LedgerEntry {
    this.#count += 1;
    const entry: LedgerEntry = {
      request,
      oid_refundno: String(2_026_010_500_000_000 + this.#count),
      staRefund,
      visible: [{ staRefund, fromMs: visibleFromMs }],
    };
    const noRefund = request.no_refund as string;
    this.entries.set(noRefund, [...this.entriesOf(noRefund), entry]);
    return entry;
  }

  entriesOf(noRefund: string): LedgerEntry[] {
    return this.entries.get(noRefund) ?? [];
  }

  /** `1`: a request is sent, or a payment is delayed. `-1`: it has arrived, or has been made. */
  addInFlight(noRefund: string, change: 1 | -1): void {
    this.#inFlight.set(noRefund, (this.#inFlight.get(noRefund) ?? 0) + change);
  }

  /** Whether the refund isn't paid, and nothing in flight can still cause a payment. */
  isCertainlyAbsent(noRefund: string): boolean {
    return this.entriesOf(noRefund).length === 0 && !this.#inFlight.get(noRefund);
  }

  /** Remembers a message that was signed and sent, by the text that was sent. */
  addMessage(text: string, sent: SentMessage): void {
    this.#sentMessages.set(text, sent);
    const { no_refund = '', sta_refund, money_refund, ret_code = '0000' } = sent.message;
    if (sent.isReadable && sta_refund && money_refund && ret_code === '0000')
      this.#sentStatuses.add(statusKey(no_refund, sta_refund, money_refund));
  }

  /** The message that was sent as just this text, if the gateway has sent it. */
  messageOf(text: string): SentMessage | undefined {
    return this.#sentMessages.get(text);
  }

  hasSentStatus(noRefund: string, staRefund: string, money: string): boolean {
    return this.#sentStatuses.has(statusKey(noRefund, staRefund, money));
  }
}

function statusKey(noRefund: string, staRefund: string, money: string): string {
  return `${noRefund} ${staRefund} ${Number(money)}`;
}
