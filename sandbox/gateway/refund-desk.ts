import { behaviourOf } from './behaviours.ts';
import { type Kind, Payment } from './books.ts';
import type { Notification } from './notifier.ts';
import type { Office } from './office.ts';
import type { Replies } from './replies.ts';
import type { Script, Seal, Step } from './script.ts';
import { type Fields, type Status, toJson } from './wire.ts';

/** What an answer that must not be believed is sealed with. */
const seals: Partial<Record<Seal, string>> = {
  none: 'not signed',
  md5: 'signed the MD5 way',
  forger: "signed with a forger's key",
};

/** Takes in refund requests and leads each refund through its life, as its behaviour's script says. */
export class RefundDesk {
  readonly #office: Office;
  readonly #earlierRequests = new Map<string, number>();

  constructor(office: Office) {
    this.#office = office;
  }

  /** Books, answers and notifies. The request must have been checked. */
  async handle(kind: Kind, request: Fields, replies: Replies): Promise<void> {
    const { settings, books, clock } = this.#office;
    const no_refund = request.no_refund ?? '';
    if (books.payments(no_refund).length > 0 && !settings.forgetful) return replies.refusal('1002');

    const script = this.#scriptOf(no_refund);
    const payment = new Payment(kind, request, books.nextNumber(), script, clock.now());
    // What the answer tells is fixed here: an early notification must not bring it forward.
    const message = payment.message(script.status);
    if (script.books) this.#book(payment);
    if (script.early) await this.#run(payment, 0);
    else clock.background(() => this.#run(payment, settings.notifyAfterMs));
    await this.#answer(script, message, replies);
  }

  #scriptOf(no_refund: string): Script {
    const earlier = this.#earlierRequests.get(no_refund) ?? 0;
    this.#earlierRequests.set(no_refund, earlier + 1);
    const { behaviour, digits } = behaviourOf(no_refund);
    return behaviour.script(digits, earlier);
  }

  #book(payment: Payment): void {
    this.#office.books.add(payment);
    const { no_refund = '', money_refund = '' } = payment.request;
    this.#office.emit({ type: 'booked', no_refund, oid_refundno: payment.oid_refundno, money_refund });
  }

  async #answer({ answer, bareNumbers = false }: Script, message: Fields, replies: Replies): Promise<void> {
    const { settings, clock, signer } = this.#office;
    switch (answer.kind) {
      case 'accepted': {
        const { changes = (fields) => fields, seal = 'gateway', httpStatus = 200 } = answer;
        if (answer.slow) await clock.waitReal(settings.slowMs);
        const told = changes(message);
        const other = Object.keys(told).find((field) => told[field] !== message[field]);
        const remark = other ? `signed, with another ${other}: ${told[other]}` : seals[seal];
        return replies.message(signer.seal(told, seal), { httpStatus, bareNumbers, remark });
      }
      case 'code':
        return replies.refusal(answer.code);
      case 'half':
        return replies.half(signer.seal(message));
      default:
        return replies[answer.kind]();
    }
  }

  async #run(payment: Payment, stepMs: number): Promise<void> {
    for (const step of payment.script.course) {
      await this.#office.clock.wait(stepMs);
      await this.#take(step, payment);
    }
  }

  async #take({ status, booked, notified }: Step, payment: Payment): Promise<void> {
    const { clock, emit, notifier } = this.#office;
    const no_refund = payment.request.no_refund ?? '';
    if (booked && payment.status !== status) {
      emit({ type: 'status-changed', no_refund, from: payment.status, to: status });
      payment.change(status, clock.now());
    }
    if (!notified) return;
    if (!isNotified(payment.kind, status)) return emit({ type: 'notification-omitted', no_refund, status });
    const notification = this.#notification(payment, status);
    for (let copy = 0; copy < (payment.script.copies ?? 1); copy += 1) await notifier.deliver(notification);
  }

  #notification(payment: Payment, status: Status): Notification {
    const { settings, signer } = this.#office;
    const { notificationChanges = (fields) => fields, bareNumbers } = payment.script;
    const { no_refund = '', notify_url = '' } = payment.request;
    const fields = signer.seal(notificationChanges(payment.message(status)));
    return { no_refund, url: settings.notifyUrl ?? notify_url, fields, text: toJson(fields, bareNumbers) };
  }
}

/** The failure of a CNY payment's refund is notified, that of an exchange payment's isn't: it is learnt by asking alone. */
function isNotified(kind: Kind, status: Status): boolean {
  return !(kind === 'exchange-refund' && status === '3');
}
