import { shardOf } from '../../shared/app/schedule.ts';
import type { Post, Reply } from '../../shared/gateway/transport.ts';
import { forgedReply } from './attacker.ts';
import { violationOfCall } from './checks-on-runs.ts';
import type { Process } from './process.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

/** How late a request may be: some days, less than the week for which the service checks a doubtful rejection. */
const LATE_SCALES = 5;

/** The HTTP transport between one process and the gateway. */
export function postOf(world: World, process: Process): Post {
  return (url, body, timeoutMs) =>
    new Promise((resolve, reject) => {
      const isQuery = url.pathname.includes('query');
      const noRefund = (JSON.parse(body) as { no_refund: string }).no_refund;
      const close = isQuery ? () => {} : world.checks.onSend(process, noRefund, body);
      process.callsInFlight += 1;
      if ([...process.underWay].some((other) => shardOf(other) === shardOf(noRefund)))
        world.reach('two refunds of a shard are checked at a time');
      process.underWay.add(noRefund);
      world.checks.fail(violationOfCall(process, world.settings.limits.maxInFlight, world.runs));
      if (isQuery) world.checks.onQuerySent(process, noRefund);
      world.history.add(process.name, () => `${isQuery ? 'QUERIES' : 'SENDS'} ${noRefund}`);

      let isOver = false;
      const finish = (settle: () => void) => {
        if (isOver) return;
        process.deliver(() => {
          if (isOver) return;
          isOver = true;
          process.exchanges += 1;
          process.callsInFlight -= 1;
          process.underWay.delete(noRefund);
          close();
          settle();
        });
      };
      exchangeOver(
        world,
        { path: url.pathname, body, noRefund, isQuery, timeoutMs },
        {
          reply: (reply, isIntact) =>
            finish(() => {
              world.checks.onAnswerReceived(process, noRefund, { reply, isQuery, isIntact });
              resolve(reply);
            }),
          fail: (reason) => finish(() => reject(new Error(reason))),
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

/** The ends of an exchange; the first one counts. */
interface Ends {
  reply(reply: Reply, isIntact: boolean): void;
  fail(reason: string): void;
}

function exchangeOver(world: World, exchange: Exchange, ends: Ends): void {
  const { random, faults, scheduler, history, gateway, settings } = world;
  const { path, body, noRefund, isQuery, timeoutMs } = exchange;
  if (random.chance(faults.noConnection)) {
    scheduler.after(random.between(1, 50), () => ends.fail('ECONNREFUSED'));
    return;
  }
  scheduler.after(timeoutMs, () => ends.fail('no complete answer in time'));
  if (random.chance(faults.forgedAnswer)) {
    // An impostor answers before the gateway does.
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
    const reply = isQuery ? gateway.query(body) : gateway.apply(path, body, arrival.visibleByMs);
    if (random.chance(faults.lostAnswer)) {
      history.add('network', () => `loses an answer about ${noRefund}`);
      return;
    }
    const backInMs = random.chance(faults.slowAnswer)
      ? random.between(0, 1.2 * timeoutMs)
      : random.between(5, 300);
    const received = random.chance(faults.brokenAnswer) ? broken(world, reply) : reply;
    scheduler.after(backInMs, () => ends.reply(received, received === reply));
  });
}

interface Arrival {
  atMs: number;
  /** When queries must find what this request causes. */
  visibleByMs: number;
}

/**
 * When a request arrives. With a gateway that pays duplicates, the sum of sending time, delay, query lag and clock
 * error must stay below RESEND_AFTER_SECONDS: often it is just below.
 */
function arrivalOf(world: World, { noRefund, isQuery, timeoutMs }: Exchange): Arrival | undefined {
  const { random, faults, scheduler, settings, checks } = world;
  const now = scheduler.nowMs;
  if (random.chance(faults.lostRequest)) return undefined;
  const isLate = random.chance(faults.lateRequest);
  if (isQuery)
    return { atMs: now + (isLate ? random.between(0, timeoutMs) : random.between(2, 100)), visibleByMs: 0 };
  const begunAt = checks.begunAtMs(noRefund) ?? now;
  if (!settings.paysDuplicates) {
    const aroundResend = begunAt + settings.resendAfterMs + random.between(0, 4_000);
    const lateMs = random.chance(settings.hasTightTiming ? 0.9 : 0.3)
      ? aroundResend
      : now + randomDelay(random, LATE_SCALES);
    return { atMs: isLate ? lateMs : now + random.between(2, 100), visibleByMs: Number.POSITIVE_INFINITY };
  }
  const visibleByMs = begunAt + settings.resendAfterMs - settings.clockErrorMs - 1;
  if (visibleByMs <= now) return undefined;
  const latest = random.chance(0.7) ? visibleByMs : random.between(now, visibleByMs);
  return { atMs: isLate ? latest : Math.min(now + random.between(2, 100), visibleByMs), visibleByMs };
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
