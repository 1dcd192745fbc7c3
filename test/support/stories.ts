import { behaviours } from '../../sandbox/gateway/behaviours.ts';
import { followTable } from '../../sandbox/table-stream.ts';
import { post } from './api-gateway.ts';
import type { Lambda } from './lambda.ts';
import { refundInput, type Service, startService, until } from './service.ts';

/** What is read of a story. */
export interface Told {
  code: string;
  text: string;
  reason?: string;
  ret_code?: string;
  needs_attention?: string;
  message?: { via: string };
}

/** One behaviour of the sandbox's gateway, and the story that it leads to. */
export interface BehaviourStory extends Case {
  entries: Told[];
}

/** In the place of NNNN and NNN; a behaviour may have several stories. */
const DIGITS: Record<string, string[]> = {
  'code-NNNN-': ['5006', '1002', '9999', '1008'],
  'once-NNNN-': ['5006'],
  'booked-NNNN-': ['5006', '9999'],
  'late-NNNN-': ['5007'],
  'http-NNN-': ['503'],
};

/** A refund of each behaviour, without the last digit of its number. */
export const cases: readonly Case[] = behaviours.flatMap(({ prefix, does }) =>
  (DIGITS[prefix] ?? ['']).map((digits) => ({ start: prefix.replace(/N+/, digits) || 'any-', does })),
);

interface Case {
  start: string;
  does: string;
}

/** Seconds in the place of quarters of an hour; a notification comes long before the first check. */
const waits = { FIRST_CHECK_SECONDS: '4', RESEND_AFTER_SECONDS: '4', RESEND_UNTIL_SECONDS: '16' };

/** How long a story may take, milliseconds. */
const LONGEST_MS = 60_000;

/**
 * Applies for a refund of each of these behaviours, carries it to its end, and reads its story.
 *
 * @param digit the last one of their numbers
 */
export async function collectStories(wanted: readonly Case[], digit = '1'): Promise<BehaviourStory[]> {
  const service = await startService({ notifyAfterMs: 1_500, slowMs: 2_500 }, waits);
  try {
    const lambdas = await startLambdas(service);
    await lambdas.apply.invoke(refundInput('success-warm'));
    const stream = await followTable({
      endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
      tableName: service.sandbox.settings.REFUNDS_TABLE,
      deliver: (batch) => lambdas.record.invoke(batch),
    });
    const stories = Promise.all(wanted.map((of) => storyOf(service, lambdas, of, digit)));
    let isOver = false;
    const reconciling = (async () => {
      while (!isOver) {
        await lambdas.reconcile.invoke({}).catch(() => {
          // The next run checks what this one could not.
        });
        await pause(200);
      }
    })();
    const told = await stories.finally(() => {
      isOver = true;
    });
    await reconciling;
    await stream.stop();
    return told;
  } finally {
    await service.stop();
  }
}

type Lambdas = Record<'apply' | 'reconcile' | 'record' | 'history', Lambda>;

async function startLambdas(service: Service): Promise<Lambdas> {
  const [apply, reconcile, record, history] = await Promise.all([
    service.lambda('apply-refund'),
    service.lambda('reconcile-refunds'),
    service.lambda('record-refund-history'),
    service.lambda('refund-history'),
  ]);
  return { apply, reconcile, record, history };
}

async function storyOf(
  service: Service,
  { apply, history }: Lambdas,
  of: Case,
  digit: string,
): Promise<BehaviourStory> {
  const noRefund = of.start + digit;
  await applied(apply, noRefund);
  // A caller applies again once the cause of a rejection is gone.
  if (noRefund.startsWith('once-')) await applied(apply, noRefund);
  const giveUpAt = Date.now() + LONGEST_MS;
  while (!(await isOver(service, noRefund)) && Date.now() < giveUpAt) await pause(200);
  // What still comes changes nothing, or is a conflict; the stream and the story follow within moments.
  await pause(4_000);
  const { entries } = await until(() =>
    history.invoke<{ entries: Told[] }>({ no_refund: noRefund }).catch(() => undefined),
  );
  return { ...of, entries };
}

/** On a busy machine the table may not answer in time: a caller repeats the application then, unchanged. */
async function applied(apply: Lambda, noRefund: string): Promise<void> {
  for (;;) {
    const { statusCode } = await post(apply, '/refunds', refundInput(noRefund));
    if (statusCode !== 503 && statusCode !== 504) return;
  }
}

async function isOver({ record }: Service, noRefund: string): Promise<boolean> {
  const { status, attention } = (await record(noRefund)) ?? {};
  return ['SUCCEEDED', 'FAILED', 'REJECTED'].includes(String(status)) || attention === 'too_old_to_resend';
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
