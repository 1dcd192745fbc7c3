import type { Post, Reply } from '../../shared/gateway/transport.ts';
import { forgedReply } from './attacker.ts';
import type { Process } from './process.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

/** How late a request may be: less than the week for which the service looks after a doubtful refusal. */
const DAYS = 5;

/** The way to the gateway and back, as one process has it. */
export function postOf(world: World, process: Process): Post {
  return (url, body, timeoutMs) =>
    new Promise((resolve, reject) => {
      const isQuery = url.pathname.includes('query');
      const noRefund = (JSON.parse(body) as { no_refund: string }).no_refund;
      const close = isQuery ? () => {} : world.checks.onSend(process, noRefund, body);
      if (isQuery) world.checks.onQuerySent(process, noRefund);
      world.history.add(process.name, () => `${isQuery ? 'asks about' : 'SENDS'} ${noRefund}`);

      let isOver = false;
      const give = (settle: () => void) => {
        if (isOver) return;
        process.deliver(() => {
          if (isOver) return;
          isOver = true;
          process.exchanges += 1;
          close();
          settle();
        });
      };
      travel(
        world,
        { path: url.pathname, body, noRefund, isQuery, timeoutMs },
        {
          reply: (reply, isIntact) =>
            give(() => {
              world.checks.onAnswerReceived(process, noRefund, { reply, isQuery, isIntact });
              resolve(reply);
            }),
          fail: (reason) => give(() => reject(new Error(reason))),
        },
      );
    });
}

interface Exchange {
  path: string;
  body: string;
  noRefund: string;
  isQuery: boolean;
  timeoutMs: number;
}

/** What may come of an exchange; the first to come counts. */
interface Ends {
  reply(reply: Reply, isIntact: boolean): void;
  fail(reason: string): void;
}

function travel(world: World, exchange: Exchange, ends: Ends): void {
  const { random, faults, scheduler, history, gateway, settings } = world;
  const { path, body, noRefund, isQuery, timeoutMs } = exchange;
  if (random.chance(faults.noConnection)) {
    scheduler.after(random.between(1, 50), () => ends.fail('ECONNREFUSED'));
    return;
  }
  scheduler.after(timeoutMs, () => ends.fail('no complete answer in time'));
  if (random.chance(faults.forgedAnswer)) {
    // Who lies with a code that needs no signature does it before the gateway answers.
    const inMs = settings.hasImpostor ? random.between(1, 20) : random.between(5, 2_000);
    scheduler.after(inMs, () => ends.reply(forgedReply(world, noRefund, isQuery), false));
  }
  const arrival = arrivalOf(world, exchange);
  if (!arrival) {
    history.add('network', () => `loses a request about ${noRefund}`);
    return;
  }
  if (!isQuery) gateway.ledger.addInFlight(noRefund, 1);
  scheduler.at(arrival.atMs, () => {
    if (!isQuery) gateway.ledger.addInFlight(noRefund, -1);
    const reply = isQuery ? gateway.query(body) : gateway.apply(path, body, arrival.knownByMs);
    if (random.chance(faults.lostAnswer)) {
      history.add('network', () => `loses an answer about ${noRefund}`);
      return;
    }
    const backInMs = random.chance(faults.slowAnswer)
      ? random.between(0, 1.2 * timeoutMs)
      : random.between(5, 300);
    const heard = random.chance(faults.brokenAnswer) ? broken(world, reply) : reply;
    scheduler.after(backInMs, () => ends.reply(heard, heard === reply));
  });
}

interface Arrival {
  atMs: number;
  /** When a query must know of what this request caused, if anything is to be believed. */
  knownByMs: number;
}

/**
 * When a request arrives. A forgetful gateway is survived only as long as sending time, delay, query lag and the
 * error of clocks together stay below what the service waits before it sends again: often they just do.
 */
function arrivalOf(world: World, { noRefund, isQuery, timeoutMs }: Exchange): Arrival | undefined {
  const { random, faults, scheduler, settings, checks } = world;
  const now = scheduler.nowMs;
  if (random.chance(faults.lostRequest)) return undefined;
  const isLate = random.chance(faults.lateRequest);
  if (isQuery)
    return { atMs: now + (isLate ? random.between(0, timeoutMs) : random.between(2, 100)), knownByMs: 0 };
  const begunAt = checks.begunAtMs(noRefund) ?? now;
  if (!settings.paysDuplicates) {
    const aroundResend = begunAt + settings.resendAfterMs + random.between(0, 4_000);
    const lateMs = random.chance(settings.hasTightTiming ? 0.9 : 0.3)
      ? aroundResend
      : now + randomDelay(random, DAYS);
    return { atMs: isLate ? lateMs : now + random.between(2, 100), knownByMs: Number.POSITIVE_INFINITY };
  }
  const knownByMs = begunAt + settings.resendAfterMs - settings.clockErrorMs - 1;
  if (knownByMs <= now) return undefined;
  const latest = random.chance(0.7) ? knownByMs : random.between(now, knownByMs);
  return { atMs: isLate ? latest : Math.min(now + random.between(2, 100), knownByMs), knownByMs };
}

function broken({ random }: World, { status, text }: Reply): Reply {
  return random.pick<() => Reply>([
    () => ({ status: random.pick([500, 502, 503, 504, 403, 302]), text }),
    () => ({ status, text: text.slice(0, random.between(0, text.length - 1)) }),
    () => ({ status, text: '<html><body>Gateway Time-out</body></html>' }),
    () => ({ status, text: `[${text}]` }),
    () => ({ status, text: '{}' }),
    () => ({ status, text: text.replace(/"sign":"./, '"sign":"!') }),
  ])();
}
