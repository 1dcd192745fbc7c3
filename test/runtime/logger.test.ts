import { DECISIONS } from '../../shared/app/decisions.ts';
import { logger } from '../../shared/runtime/logger.ts';

afterEach(() => jest.restoreAllMocks());

function linesOf(environment: Record<string, string>, use: (log: ReturnType<typeof logger>) => void) {
  const seen: [string, unknown][] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((...line: unknown[]) => void seen.push([level, line[0]]));
  }
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => seen.push(['stdout', line]) > 0);
  use(logger(environment, { request_id: 'r-1' }));
  return seen;
}

test('on a terminal, each decision is one line of JSON on standard error, with its metrics', () => {
  const seen = linesOf({}, (log) => log('record.conflict', { no_refund: '1' }));
  expect(seen).toEqual([['error', expect.any(String)]]);
  expect(String(seen[0]?.[1])).not.toContain('\n');
  expect(JSON.parse(String(seen[0]?.[1]))).toEqual({
    level: 'error',
    code: 'record.conflict',
    decision: 'a record has a new conflict',
    no_refund: '1',
    request_id: 'r-1',
    metrics: { Conflicts: 1 },
  });
});

const onLambda = { AWS_LAMBDA_LOG_FORMAT: 'JSON', STAGE: 'prod' };

test('on Lambda, a decision is an object for the JSON log format, with its own level', () => {
  for (const code of ['refund.created', 'refund.external', 'message.conflict'] as const) {
    const { level, text } = DECISIONS[code];
    const seen = linesOf(onLambda, (log) => log(code, { no_refund: '1' }));
    expect(seen).toEqual([[level, { code, decision: text, no_refund: '1', request_id: 'r-1' }]]);
    jest.restoreAllMocks();
  }
});

test('on Lambda, a decision with metrics bypasses the JSON wrapping, as one line in the embedded metric format', () => {
  const measured = { GatewayLatencyMs: 120, OldestUnfinishedSeconds: 60 };
  const [written, ...others] = linesOf(onLambda, (log) =>
    log('attempt.in_doubt', { no_refund: '1' }, measured),
  );
  expect(written?.[0]).toBe('stdout');
  expect(written?.[1]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(String(written?.[1]))).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'WARN',
    requestId: 'r-1',
    message: {
      code: 'attempt.in_doubt',
      decision: DECISIONS['attempt.in_doubt'].text,
      no_refund: '1',
      request_id: 'r-1',
    },
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'LianLianRefunds',
          Dimensions: [['Stage']],
          Metrics: [
            { Name: 'GatewayLatencyMs', Unit: 'Milliseconds' },
            { Name: 'OldestUnfinishedSeconds', Unit: 'Seconds' },
            { Name: 'ExchangesInDoubt', Unit: 'Count' },
          ],
        },
      ],
    },
    Stage: 'prod',
    ...measured,
    ExchangesInDoubt: 1,
  });
  expect(others).toEqual([]);
});
