import { applyForRefund } from '../../shared/app/apply.ts';
import { queryRefund } from '../../shared/app/query.ts';
import type { AppliedKind, Refund } from '../../shared/domain/refund.ts';
import { someTime } from './some-time.ts';
import type { Outcome, World } from './world.ts';

/** What a caller asks for. Two with the same `variant` ask for the same, perhaps in other words. */
export interface Wish {
  variant: number;
  kind: AppliedKind;
  input: Record<string, string>;
}

const APPLICATIONS = 5;

/** The refund as it is wished for, or with other parameters under the same number. */
export function wishOf({ random }: World, noRefund: string, variant: number): Wish {
  const input: Record<string, string> = {
    no_refund: noRefund,
    no_order: `o-${noRefund}`,
    money_refund: random.pick(['200.1', '200.10']),
  };
  if (variant === 0) return { variant, kind: 'refund', input };
  const others: Record<string, string>[] = [
    { money_refund: '200.11' },
    { no_order: `p-${noRefund}` },
    { dt_refund: '20260104093000' },
    { notify_url: 'https://elsewhere.test/' },
    {},
  ];
  const other = others[variant - 1] as Record<string, string>;
  return { variant, kind: variant === 5 ? 'exchange-refund' : 'refund', input: { ...input, ...other } };
}

/** Applies, and again whenever the answer or its own mood calls for it. */
export function startCaller(world: World, name: string, wish: Wish): void {
  const { random, scheduler, climate } = world;
  world.busy += 1;
  let left = APPLICATIONS;
  scheduler.after(random.pick([0, random.between(0, 3_000), someTime(random, 4)]), applyOnce);

  function applyOnce(): void {
    left -= 1;
    applyFor(world, name, wish, (outcome) => {
      const odds = { answer: climate.isTight ? 0.9 : 0.5, error: 0.75, died: 0.9 }[outcome.type];
      if (left > 0 && random.chance(odds)) scheduler.after(pause(), applyOnce);
      else world.busy -= 1;
    });
  }

  /** Around the moment from which "not found" is believed: there it is decided whether money moves twice. */
  function untilResend(): number {
    const begunAt = world.table.items.get(wish.input.no_refund as string)?.last_attempt_at ?? scheduler.nowMs;
    const ageMs = climate.resendAfterMs + random.between(-4_000, 3_000);
    return Math.max(0, begunAt + ageMs - scheduler.nowMs);
  }

  function pause(): number {
    if (climate.isTight && random.chance(0.8)) return untilResend();
    return random.pick([
      random.between(0, 50),
      random.between(0, 5_000),
      // Just when the lease of one that died is over.
      random.between(3_000, 15_000),
      untilResend(),
      untilResend(),
      untilResend(),
      someTime(random),
    ]);
  }
}

/** One application. */
export function applyFor(
  world: World,
  name: string,
  wish: Wish,
  tell: (outcome: Outcome<Refund>) => void,
): void {
  const { random, history, climate } = world;
  const token = random.chance(0.3) ? { task_token: random.id() } : {};
  history.tell(name, () => `applies: ${wish.kind} ${JSON.stringify({ ...wish.input, ...token })}`);
  world.invoke(
    'apply',
    climate.applyLifeMs,
    (ctx) => applyForRefund(ctx, wish.kind, { ...wish.input, ...token }),
    (outcome, process) => {
      history.tell(name, () => `is told: ${told(outcome)} (${process.name})`);
      world.checks.onAnswered(process, wish, outcome);
      tell(outcome);
    },
  );
  world.checks.onApplied(wish);
}

/** Looks a refund up, with a question to the gateway. */
export function startReader(world: World, noRefund: string): void {
  const { random, scheduler, climate } = world;
  world.busy += 1;
  scheduler.after(someTime(random, 4), () =>
    world.invoke(
      'query',
      climate.applyLifeMs,
      (ctx) => queryRefund(ctx, { no_refund: noRefund, refresh: true }),
      () => {
        world.busy -= 1;
      },
    ),
  );
}

function told(outcome: Outcome<Refund>): string {
  if (outcome.type === 'answer') return outcome.value.status;
  return outcome.type === 'died' ? 'nothing' : String(outcome.error);
}
