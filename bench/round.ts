import { setTimeout as wait } from 'node:timers/promises';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Measure } from './figures.ts';
import { measure, type Part } from './measure.ts';
import { FUNCTIONS, type Subject } from './subjects.ts';

/** One round's figures of one subject; of a load there are several. */
export type Samples = Partial<Record<Measure, number[]>>;

const WARM_UP = 100;
const REFUNDS = 200;
const NOTIFIED = 150;
const MORE_LOADS = 2;

/** Until a refund's check is due, and the gateway has carried it out, milliseconds. */
const SETTLED_MS = 1_500;

/** Measures each subject once, in turns for each function, so that other load on the machine affects all. */
export async function measureRound(
  sandbox: Sandbox,
  subjects: Subject[],
  round: number,
): Promise<Record<string, Samples>> {
  const samples = Object.fromEntries(subjects.map(({ name }) => [name, {} as Samples]));
  const inTurn = [...subjects.slice(round % subjects.length), ...subjects.slice(0, round % subjects.length)];
  for (const step of FUNCTIONS) {
    if (step === 'check') await wait(SETTLED_MS);
    for (const subject of inTurn) {
      Object.assign(samples[subject.name] ?? {}, await STEPS[step](sandbox, subject, round));
    }
  }
  return samples;
}

type Step = (sandbox: Sandbox, subject: Subject, round: number) => Promise<Samples>;

const STEPS: Record<(typeof FUNCTIONS)[number], Step> = { apply: apply, notify: notify, check: check };

async function apply(
  sandbox: Sandbox,
  { name, bundles, isIdle, env }: Subject,
  round: number,
): Promise<Samples> {
  const run = (parts?: Record<string, Part>) => measure(bundles.apply, environment(sandbox, env), parts);
  const loads: number[] = [];
  for (let number = 0; number < MORE_LOADS; number += 1) loads.push((await run()).loadMs);
  if (isIdle) return { load: [...loads, (await run()).loadMs] };
  const events = numbersOf(name, round).map(application);
  const { loadMs, cpuMs, residentMiB } = await run({
    first: { events: events.slice(0, 1), answer: RECORDED },
    warmUp: { events: events.slice(1, 1 + WARM_UP), answer: RECORDED },
    warm: { events: events.slice(1 + WARM_UP), answer: RECORDED },
    again: { events: events.slice(1, 1 + WARM_UP), answer: RECORDED },
  });
  const { first = 0, warm = 0, again = 0 } = cpuMs;
  const figures = {
    loadAndFirst: [loadMs + first],
    refund: [warm],
    repeated: [again],
    resident: [residentMiB],
  };
  return { load: [...loads, loadMs], ...figures };
}

async function notify(sandbox: Sandbox, { name, bundles, env }: Subject, round: number): Promise<Samples> {
  if (!bundles.notify) return {};
  const events = numbersOf(name, round)
    .slice(0, NOTIFIED)
    .map((no_refund) => {
      const fields = sandbox.gateway.ledgerEntry(no_refund)?.fields ?? {};
      const told = { ...fields, sta_refund: '2', settle_date: '20260101' };
      return http(sandbox.gateway.signMessage(told));
    });
  const { cpuMs } = await measure(bundles.notify, environment(sandbox, env), {
    warmUp: { events: events.slice(0, NOTIFIED / 3), answer: '200 ' },
    warm: { events: events.slice(NOTIFIED / 3), answer: '200 ' },
  });
  return { notification: [cpuMs.warm ?? 0] };
}

async function check(sandbox: Sandbox, { name, bundles, env }: Subject, round: number): Promise<Samples> {
  if (!bundles.check) return {};
  const due = numbersOf(name, round).length - NOTIFIED;
  const { cpuMs } = await measure(bundles.check, environment(sandbox, env), {
    run: { events: [{}], answer: String(due) },
  });
  return { check: [cpuMs.run ?? 0] };
}

/** The gateway says that these are processing, and carries them out without a notification. */
const numbersOf = (subject: string, round: number): string[] =>
  Array.from({ length: 1 + WARM_UP + REFUNDS }, (_, number) => `mute-${subject}-${round}-${number}`);

const RECORDED = '202 "status":"PROCESSING"';

export const application = (no_refund: string) =>
  http(
    JSON.stringify({
      no_refund,
      money_refund: '200.10',
      no_order: '2013051500001',
      dt_refund: '20260101000000',
    }),
  );

/** An event of API Gateway. */
const http = (body: string) => ({
  version: '2.0',
  headers: { 'content-type': 'application/json;charset=utf-8' },
  requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
  body,
  isBase64Encoded: false,
});

export function environment({ settings }: Sandbox, env: Record<string, string>): Record<string, string> {
  return {
    ...settings,
    NOTIFY_URL: 'https://merchant.example/refund-notifications',
    FIRST_CHECK_SECONDS: '1',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    ...env,
  };
}
