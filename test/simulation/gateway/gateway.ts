import { KEYS } from '../keys.ts';
import { randomDelay } from '../random-delay.ts';
import type { World } from '../world.ts';
import { type Decision, decide, invalidRequestCode } from './decisions.ts';
import { inconsistentMessage, malformedMessage } from './faulty-messages.ts';
import { Ledger, type LedgerEntry, type StaRefund } from './ledger.ts';
import { Notifier } from './notifier.ts';
import { fromJson, type Message, signed, toJson } from './wire.ts';

interface Reply {
  status: number;
  text: string;
}

/** The gateway: it keeps its own ledger, trusts no request, and shares no code with the service. */
export class Gateway {
  readonly ledger = new Ledger();
  signingKey = KEYS.gatewayOld.privateKey;
  readonly merchantKeys = [KEYS.merchantOld.publicKey];
  readonly #world: World;
  readonly #notifier: Notifier;

  constructor(world: World) {
    this.#world = world;
    this.#notifier = new Notifier(world, this);
  }

  sign(message: Message): Message {
    return signed(message, this.signingKey);
  }

  /** An application arrives. `visibleByMs`: when queries must find what it causes. */
  apply(path: string, text: string, visibleByMs: number): Reply {
    const request = fromJson(text);
    const invalid = invalidRequestCode(request, this.merchantKeys);
    if (!request || invalid) return this.#code(request, invalid ?? '9002');
    const first = this.ledger.requests.get(request.no_refund as string);
    this.#world.checks.onRequest(path, request, first);
    if (!first) this.ledger.requests.set(request.no_refund as string, request);

    const decision = decide(this.#world, this.ledger, request);
    this.#world.history.add(
      'gateway',
      () => `receives the application for ${request.no_refund}: ${decision.description}`,
    );
    if (decision.rejects) this.ledger.rejected.add(request.no_refund as string);
    const entry = decision.pays ? this.#pay(request, visibleByMs, decision) : undefined;
    if (decision.code !== '0000') return this.#code(request, decision.code);
    const known = entry ?? this.ledger.entriesOf(request.no_refund as string)[0];
    return known ? this.#reply(known, known.staRefund) : this.#code(request, '9999');
  }

  query(text: string): Reply {
    const { random, faults, scheduler, history } = this.#world;
    const request = fromJson(text);
    const invalid = invalidRequestCode(request, this.merchantKeys);
    if (!request || invalid) return this.#code(request, invalid ?? '9002');
    if (random.chance(faults.inDoubtQuery))
      return this.#code(request, random.pick(['9999', '1003', '9921', '4321']));
    const known = this.ledger
      .entriesOf(request.no_refund as string)
      .filter(({ visible }) => visible.some(({ fromMs }) => fromMs <= scheduler.nowMs));
    const entry = known[0];
    const staRefund = entry?.visible.findLast(({ fromMs }) => fromMs <= scheduler.nowMs)?.staRefund;
    history.add(
      'gateway',
      () => `is queried about ${request.no_refund}: ${staRefund ? `status ${staRefund}` : 'not known'}`,
    );
    if (!entry || !staRefund) return this.#code(request, random.pick(['8901', '8901', '5002', '9093']));
    return this.#reply(entry, staRefund);
  }

  /** Pays a refund of the same merchant that was not applied for through the service. */
  payExternal(request: Message): void {
    this.ledger.external.add(request.no_refund as string);
    this.#notifier.notifyExternal(request);
  }

  /** The message about a refund; fields that are not always sent are left out at times. */
  statusMessage({ request, oid_refundno }: LedgerEntry, staRefund: StaRefund): Message {
    const { random } = this.#world;
    return {
      oid_partner: request.oid_partner as string,
      no_refund: request.no_refund as string,
      money_refund: request.money_refund as string,
      sta_refund: staRefund,
      ...(random.chance(0.85) && request.dt_refund && { dt_refund: request.dt_refund }),
      ...(random.chance(0.85) && { oid_refundno }),
      ...(staRefund === '2' && random.chance(0.9) && { settle_date: '20260106' }),
    };
  }

  /** Signs a message and remembers it. Returns its text. */
  signMessage(message: Message, isReadable = true): string {
    const text = toJson(this.sign(message), this.#world.random.chance(0.2));
    this.ledger.addMessage(text, {
      message,
      isReadable,
      isByOldKey: this.signingKey === KEYS.gatewayOld.privateKey,
    });
    return text;
  }

  #pay(request: Message, visibleByMs: number, { paysLater }: Decision): LedgerEntry | undefined {
    const { random, faults, scheduler } = this.#world;
    const isBounded = Number.isFinite(visibleByMs);
    // Less than the days for which the service checks a rejection that followed a doubtful attempt.
    const leftMs = isBounded ? Math.max(0, visibleByMs - scheduler.nowMs) : randomDelay(random, 4);
    const lagMs = random.chance(faults.queryLag) ? random.pick([leftMs, random.between(0, leftMs)]) : 0;
    const inMs = paysLater ? random.between(0, isBounded ? lagMs : leftMs) : 0;
    const visibleFromMs = scheduler.nowMs + Math.max(lagMs, inMs);
    if (inMs === 0) return this.#addToLedger(request, visibleFromMs);
    this.ledger.addInFlight(request.no_refund as string, 1);
    scheduler.after(inMs, () => {
      this.ledger.addInFlight(request.no_refund as string, -1);
      this.#addToLedger(request, visibleFromMs);
    });
    return undefined;
  }

  #addToLedger(request: Message, visibleFromMs: number): LedgerEntry | undefined {
    const { random, settings, history } = this.#world;
    // A gateway that detects duplicates does so again right before it pays.
    if (!settings.paysDuplicates && this.ledger.entriesOf(request.no_refund as string).length > 0)
      return undefined;
    const entry = this.ledger.add(request, visibleFromMs, random.pick(['0', '0', '1', '2', '3']));
    history.add('gateway', () => `PAYS ${request.no_refund}, status ${entry.staRefund}`);
    this.#notifier.progress(entry);
    return entry;
  }

  #reply(entry: LedgerEntry, staRefund: StaRefund): Reply {
    const { random, faults, settings } = this.#world;
    const message: Message = {
      ret_code: '0000',
      ret_msg: '交易成功',
      ...this.statusMessage(entry, staRefund),
    };
    const reply = (text: string): Reply => ({ status: 200, text });
    if (random.chance(faults.malformedMessage))
      return reply(this.signMessage(malformedMessage(random, message), false));
    if (settings.hasInconsistentGateway && random.chance(faults.inconsistentMessage)) {
      this.ledger.inconsistent.add(entry.request.no_refund as string);
      return reply(this.signMessage(inconsistentMessage(random, message)));
    }
    if (random.chance(faults.inDoubtCode / 4)) {
      const { [random.pick(['money_refund', 'sta_refund'])]: _omitted, ...rest } = message;
      return reply(this.signMessage(rest));
    }
    return reply(this.signMessage(message));
  }

  /** An answer with another code than 0000: not all of these are signed. */
  #code(request: Message | undefined, code: string): Reply {
    const { random } = this.#world;
    const names = { oid_partner: request?.oid_partner ?? '', no_refund: request?.no_refund ?? '' };
    const message = { ret_code: code, ret_msg: '处理失败', ...(random.chance(0.6) && names) };
    return { status: 200, text: toJson(random.chance(0.4) ? this.sign(message) : message, false) };
  }
}
