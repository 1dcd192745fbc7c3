import { applyForRefund } from '../../shared/app/apply.ts';
import { queryRefund } from '../../shared/app/query.ts';
import type { AppliedKind, Refund } from '../../shared/domain/refund.ts';
import { randomDelay } from './random-delay.ts';
import type { Outcome, World } from './world.ts';

/** What a caller applies for. Two with the same `variant` are the same request; the amount may be written differently. */
export interface CallerRequest {
  variant: number;
  kind: AppliedKind;
  input: Record<string, string>;
}

const MAX_APPLICATIONS = 5;

/** The request of variant 0, or one with other parameters under the same number. */
export function requestOf({ random }: World, noRefund: string, variant: number): CallerRequest {
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
    { notify_url: 'https://other.test/' },
    {},
  ];
  const other = others[variant - 1] as Record<string, string>;
  return { variant, kind: variant === 5 ? 'exchange-refund' : 'refund', input: { ...input, ...other } };
}

/** Applies up to five times, more probably after an error or without an answer. */
export function startCaller(world: World, name: string, request: CallerRequest): void {
  const { random, scheduler, settings } = world;
  world.busy += 1;
  let left = MAX_APPLICATIONS;
  scheduler.after(random.pick([0, random.between(0, 3_000), randomDelay(random, 4)]), applyOnce);

  function applyOnce(): void {
    left -= 1;
    applyFor(world, name, request, (outcome) => {
      const odds = { answer: settings.hasTightTiming ? 0.9 : 0.5, error: 0.75, died: 0.9 }[outcome.type];
      if (left > 0 && random.chance(odds)) scheduler.after(pause(), applyOnce);
      else world.busy -= 1;
    });
  }

  /** Around the moment when a resend is first allowed: there a refund is most easily paid twice. */
  function untilResend(): number {
    const begunAt =
      world.table.items.get(request.input.no_refund as string)?.last_attempt_at ?? scheduler.nowMs;
    const ageMs = settings.resendAfterMs + random.between(-4_000, 3_000);
    return Math.max(0, begunAt + ageMs - scheduler.nowMs);
  }

  function pause(): number {
    if (settings.hasTightTiming && random.chance(0.8)) return untilResend();
    return random.pick([
      random.between(0, 50),
      random.between(0, 5_000),
      // Around the end of a lease whose holder has crashed.
      random.between(3_000, 15_000),
      untilResend(),
      untilResend(),
      untilResend(),
      randomDelay(random),
    ]);
  }
}

/** One application. */
export function applyFor(
  world: World,
  name: string,
  request: CallerRequest,
  report: (outcome: Outcome<Refund>) => void,
): void {
  const { random, history, settings } = world;
  const token = random.chance(0.3) ? { task_token: random.id() } : {};
  history.add(name, () => `applies: ${request.kind} ${JSON.stringify({ ...request.input, ...token })}`);
  world.invoke(
    'apply',
    settings.applyTimeoutMs,
    (ctx) => applyForRefund(ctx, request.kind, { ...request.input, ...token }),
    (outcome, process) => {
      history.add(name, () => `is answered: ${textOf(outcome)} (${process.name})`);
      world.checks.onAnswered(process, request, outcome);
      report(outcome);
    },
  );
  world.checks.onApplied(request);
}

/** Queries a refund once, with `refresh`. */
export function startQuery(world: World, noRefund: string): void {
  const { random, scheduler, settings } = world;
  world.busy += 1;
  scheduler.after(randomDelay(random, 4), () =>
    world.invoke(
      'query',
      settings.applyTimeoutMs,
      (ctx) => queryRefund(ctx, { no_refund: noRefund, refresh: true }),
      () => {
        world.busy -= 1;
      },
    ),
  );
}

function textOf(outcome: Outcome<Refund>): string {
  if (outcome.type === 'answer') return outcome.value.status;
  return outcome.type === 'died' ? 'no answer' : String(outcome.error);
}
