import { behaviourOf, misspeltBehaviour } from './behaviours.ts';
import type { GatewayContext } from './context.ts';
import { type Kind, Payment } from './ledger.ts';
import { type Fields, type Status, toJson } from './message-format.ts';
import type { Notification } from './notification.ts';
import type { Responder } from './responder.ts';
import type { Scenario, SignatureKind, Step } from './scenario.ts';

/** Remarks on the answers that the service must not trust. */
const signatureRemarks: Partial<Record<SignatureKind, string>> = {
  none: 'not signed',
  md5: 'signed the MD5 way',
  untrusted: 'signed with an untrusted key',
};

/** A request that is still on its way, and what to call when it is there. */
interface DelayedRequest {
  readonly kind: Kind;
  readonly request: Fields;
  readonly onReceived: (remark?: string) => void;
}

/** Handles refund requests, and moves each refund through the statuses of its scenario. */
export class RefundApi {
  readonly #context: GatewayContext;
  readonly #earlierRequests = new Map<string, number>();
  readonly #delayedRequests = new Map<string, DelayedRequest>();

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  /**
   * Books, answers and notifies. The request must be valid.
   * @param onReceived called once the request has arrived: never where it is lost, and with a remark where it was delayed
   */
  async handle(
    kind: Kind,
    request: Fields,
    responder: Responder,
    onReceived: (remark?: string) => void,
  ): Promise<void> {
    const { settings, ledger, clock } = this.#context;
    const no_refund = request.no_refund ?? '';
    if (ledger.payments(no_refund).length > 0 && !settings.paysDuplicates) {
      onReceived();
      return responder.reject('1002');
    }

    const scenario = this.#nextScenario(no_refund);
    const delayed = this.#delayedRequests.get(no_refund);
    this.#delayedRequests.delete(no_refund);
    delayed?.onReceived('the first one, which was delayed on its way');
    const paid = delayed ?? { kind, request };
    const payment = new Payment(paid.kind, paid.request, ledger.nextNumber(), scenario, clock.now());
    // Before the steps run: an early notification must not change the status that the answer reports.
    const message = payment.message(scenario.status);
    // A delayed request is booked before the one that overtook it arrives.
    if (scenario.booked && delayed) this.#book(payment);
    if (scenario.answer.kind === 'delayed')
      this.#delayedRequests.set(no_refund, { kind, request, onReceived });
    else if (scenario.answer.kind !== 'lost') onReceived();
    if (scenario.booked && !delayed) this.#book(payment);
    if (scenario.early) await this.#runSteps(payment, 0);
    else clock.background(() => this.#runSteps(payment, settings.notifyAfterMs));
    await this.#answer(scenario, message, responder);
  }

  #nextScenario(no_refund: string): Scenario {
    const earlier = this.#earlierRequests.get(no_refund) ?? 0;
    this.#earlierRequests.set(no_refund, earlier + 1);
    const { behaviour, digits } = behaviourOf(no_refund);
    const meant = misspeltBehaviour(no_refund);
    if (meant) this.#context.emit({ type: 'behaviour-misspelt', no_refund, meant });
    return behaviour.scenario(digits, earlier);
  }

  #book(payment: Payment): void {
    this.#context.ledger.add(payment);
    const { no_refund = '', money_refund = '' } = payment.request;
    this.#context.emit({ type: 'booked', no_refund, oid_refundno: payment.oid_refundno, money_refund });
  }

  async #answer(
    { answer, bareNumbers = false }: Scenario,
    message: Fields,
    responder: Responder,
  ): Promise<void> {
    const { settings, clock, signer } = this.#context;
    switch (answer.kind) {
      case 'accepted': {
        const { changes = (fields) => fields, signature = 'gateway', httpStatus = 200 } = answer;
        if (answer.slow) await clock.waitReal(settings.slowMs);
        const changed = changes(message);
        const field = Object.keys(changed).find((name) => changed[name] !== message[name]);
        const remark = field
          ? `signed, with another ${field}: ${changed[field]}`
          : signatureRemarks[signature];
        return responder.message(signer.sign(changed, signature), { httpStatus, bareNumbers, remark });
      }
      case 'code':
        return responder.reject(answer.code);
      case 'half':
        return responder.half(signer.sign(message));
      default:
        return responder[answer.kind]();
    }
  }

  async #runSteps(payment: Payment, stepMs: number): Promise<void> {
    for (const step of payment.scenario.steps) {
      await this.#context.clock.wait(stepMs);
      await this.#runStep(step, payment);
    }
  }

  async #runStep({ status, booked, notified }: Step, payment: Payment): Promise<void> {
    const { clock, emit, notifier } = this.#context;
    const no_refund = payment.request.no_refund ?? '';
    if (booked && payment.status !== status) {
      emit({ type: 'status-changed', no_refund, from: payment.status, to: status });
      payment.change(status, clock.now());
    }
    if (!notified) return;
    if (!isNotified(payment.kind, status)) return emit({ type: 'notification-omitted', no_refund, status });
    const notification = this.#notification(payment, status);
    const copies = payment.scenario.copies ?? 1;
    for (let copy = 0; copy < copies; copy += 1) await notifier.deliver(notification);
  }

  #notification(payment: Payment, status: Status): Notification {
    const { settings, signer } = this.#context;
    const { notificationChanges = (fields) => fields, bareNumbers } = payment.scenario;
    const { no_refund = '', notify_url = '' } = payment.request;
    const fields = signer.sign(notificationChanges(payment.message(status)));
    return { no_refund, url: settings.notifyUrl ?? notify_url, fields, text: toJson(fields, bareNumbers) };
  }
}

/** The gateway notifies the failure of a CNY payment's refund, but not that of an exchange refund: only a query reports it. */
function isNotified(kind: Kind, status: Status): boolean {
  return !(kind === 'exchange-refund' && status === '3');
}
