import { beijingDate } from './beijing-time.ts';
import type { Fields, Status } from './message-format.ts';
import { returnCode } from './return-codes.ts';
import type { Scenario } from './scenario.ts';

/** The refund of a CNY payment or of an exchange payment. */
export type Kind = 'refund' | 'exchange-refund';

// CNY for one unit of the foreign currency, as in the gateway's own sample.
const rate = 6.66;

/** One payment of a refund, as the gateway records it. */
export class Payment {
  readonly kind: Kind;
  readonly request: Fields;
  readonly oid_refundno: string;
  readonly scenario: Scenario;
  readonly #date = beijingDate();
  readonly #history: { status: Status; atMs: number; at: Date }[];

  /** @param atMs gateway time of the booking */
  constructor(kind: Kind, request: Fields, oid_refundno: string, scenario: Scenario, atMs: number) {
    this.kind = kind;
    this.request = request;
    this.oid_refundno = oid_refundno;
    this.scenario = scenario;
    this.#history = [{ status: scenario.status, atMs, at: new Date() }];
  }

  get status(): Status {
    return this.#history.at(-1)?.status ?? this.scenario.status;
  }

  change(status: Status, atMs: number): void {
    this.#history.push({ status, atMs, at: new Date() });
  }

  /** Each status that it had, from its booking on, with the real time of the change. */
  get statuses(): readonly { readonly status: Status; readonly at: Date }[] {
    return this.#history;
  }

  /** The status it had at a moment of gateway time; undefined before it was booked. */
  statusAt(atMs: number): Status | undefined {
    return this.#history.findLast((entry) => entry.atMs <= atMs)?.status;
  }

  /** The fields of a 0000 answer or notification that reports `status`, without the signature. */
  message(status: Status): Fields {
    return {
      ...returnCode('0000'),
      oid_partner: this.#requested('oid_partner'),
      no_refund: this.#requested('no_refund'),
      dt_refund: this.#requested('dt_refund'),
      money_refund: this.#requested('money_refund'),
      ...(this.kind === 'exchange-refund' && this.#exchange()),
      oid_refundno: this.oid_refundno,
      sta_refund: status,
      ...(status === '2' && { settle_date: this.#date }),
    };
  }

  #exchange(): Fields {
    const foreign = Number(this.#requested('money_refund')) / rate;
    return {
      money_foreign_refund: foreign.toFixed(2),
      rate_id: '1',
      rate: String(rate),
      exchange_bankcode: '01040000',
    };
  }

  #requested(name: string): string {
    return this.request[name] ?? '';
  }
}

/** Every payment the gateway made, by the merchant's refund number. */
export class Ledger {
  readonly #payments = new Map<string, Payment[]>();
  #lastNumber = 0;

  /** The gateway's next refund number, 16 digits: the date and a running number. */
  nextNumber(): string {
    this.#lastNumber += 1;
    return `${beijingDate()}${String(this.#lastNumber).padStart(8, '0')}`;
  }

  add(payment: Payment): void {
    const no_refund = payment.request.no_refund ?? '';
    this.#payments.set(no_refund, [...this.payments(no_refund), payment]);
  }

  /** All payments for a number, oldest first: more than one only in a gateway that pays duplicates. */
  payments(no_refund: string): readonly Payment[] {
    return this.#payments.get(no_refund) ?? [];
  }
}
