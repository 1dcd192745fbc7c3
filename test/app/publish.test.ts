import type { ChangeRecord } from '../../shared/app/ports/change-record.ts';
import type { PublishContext } from '../../shared/app/ports/context.ts';
import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import { publishChanges, replayDeadLetters } from '../../shared/app/publish.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { viewOf } from '../../shared/domain/refund-view.ts';
import { captureLog, type LogLine } from '../entry/captured-log.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const minute = 60_000;

/** Fakes of every port, which record their calls and fail as a test wants. */
function fakePorts() {
  const { lines, logFor } = captureLog();
  const ports = {
    requests: [] as RefundEvent[][],
    results: [] as unknown[][],
    letters: [] as DeadLetter[],
    log: [] as string[],
    records: new Map<string, Refund>(),
    refusal: (_event: RefundEvent): string | undefined => undefined,
    isBusDown: false,
    taskState: (_token: string): 'waiting' | 'over' | 'unreachable' => 'waiting',
    isTableDown: false,
    isQueueDown: false,
  };
  const complete = async (token: string, ...result: unknown[]) => {
    const state = ports.taskState(token);
    if (state === 'unreachable') throw new Error('ServiceUnavailable');
    if (state === 'waiting') ports.results.push([token, ...result]);
    return state === 'waiting';
  };
  const ctx: PublishContext = {
    bus: {
      put: async (events) => {
        if (ports.isBusDown) throw new Error('InternalException');
        ports.requests.push(events);
        return events.map((event) => ports.refusal(event));
      },
    },
    tasks: { succeed: complete, fail: complete },
    deadLetters: {
      send: async (letter) => {
        if (ports.isQueueDown) throw new Error('QueueDoesNotExist');
        ports.letters.push(letter);
      },
    },
    store: {
      get: async (noRefund: string) => {
        if (ports.isTableDown) throw new Error('ServiceUnavailable');
        return ports.records.get(noRefund);
      },
    } as PublishContext['store'],
    clock: { nowMs: () => now },
    log: (...line) => {
      logFor('')(...line);
      const { code, level, decision, facts } = lines.at(-1) as LogLine;
      ports.log.push(JSON.stringify({ code, level, decision, ...facts }));
    },
  };
  return Object.assign(ports, { ctx, events: () => ports.requests.flat() });
}

const refund = (status: Status, more: Partial<Refund> = {}): Refund => ({
  no_refund: 'r-1',
  kind: 'refund',
  status,
  version: 3,
  money_refund: '200.10',
  created_at: '2026-01-02T03:00:00.000Z',
  updated_at: '2026-01-02T03:04:00.000Z',
  attempt_id: 'attempt',
  ...more,
});

const change = (
  before: Refund | undefined,
  after: Refund,
  more: Partial<ChangeRecord> = {},
): ChangeRecord => ({
  id: `change of ${after.no_refund}`,
  streamLabel: '',
  happenedAtMs: now,
  before,
  after,
  ...more,
});

/** The final status of a refund whose task waits. */
const end = (status: Status, more: Partial<Refund> = {}, rest: Partial<ChangeRecord> = {}) =>
  change(refund('PROCESSING', { version: 2 }), refund(status, { task_token: 'secret-token', ...more }), rest);

const many = (count: number, of: (noRefund: string) => ChangeRecord) =>
  Array.from({ length: count }, (_, index) => of(`r-${index + 1}`));

describe('events', () => {
  test('a change of status is one event, with the fields that a caller may see', async () => {
    const { ctx, events } = fakePorts();
    const before = refund('PROCESSING', { version: 2 });
    expect(await publishChanges(ctx, [change(before, refund('SUCCEEDED', { sta_refund: '2' }))])).toEqual([]);
    expect(events()).toEqual([
      {
        ...viewOf(refund('SUCCEEDED', { sta_refund: '2' })),
        previous_status: 'PROCESSING',
        event_id: 'r-1:3',
      },
    ]);
    expect(events()[0]).toMatchObject({ version: 3, status: 'SUCCEEDED' });
    expect(events()[0]).not.toHaveProperty('attempt_id');
  });

  test('a new record is a change of status too, without a previous one', async () => {
    const { ctx, events } = fakePorts();
    await publishChanges(ctx, [change(undefined, refund('REQUESTED', { version: 1 }))]);
    expect(events()).toHaveLength(1);
    expect(events()[0]?.previous_status).toBeUndefined();
    expect(events()[0]?.event_id).toBe('r-1:1');
  });

  test.each<[string, Partial<Refund>]>([
    ['a lease', { lease_until: now }],
    ['a message kept', { oid_refundno: '1' }],
    ['a check put off', { next_check_at: now }],
    ['a newer task token before the end', { task_token: 'secret-token' }],
  ])('%s is no change of status, and publishes nothing', async (_what, more) => {
    const { ctx, requests, results } = fakePorts();
    expect(await publishChanges(ctx, [change(refund('REQUESTED'), refund('REQUESTED', more))])).toEqual([]);
    expect([requests, results]).toEqual([[], []]);
  });

  test('a repeated change has the same event_id', async () => {
    const { ctx, events } = fakePorts();
    for (const _time of [1, 2]) await publishChanges(ctx, [end('SUCCEEDED')]);
    expect(events().map(({ event_id }) => event_id)).toEqual(['r-1:3', 'r-1:3']);
  });

  test.each([
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])('%i events are sent in requests of at most 10', async (count, sizes) => {
    const { ctx, requests, events } = fakePorts();
    const changes = many(count, (no_refund) => change(undefined, refund('REQUESTED', { no_refund })));
    expect(await publishChanges(ctx, changes)).toEqual([]);
    expect(requests.map(({ length }) => length)).toEqual(sizes);
    expect(events().map(({ no_refund }) => no_refund)).toEqual(changes.map(({ after }) => after?.no_refund));
  });

  test('refused entries are reported one by one, in whichever request they were', async () => {
    const ports = fakePorts();
    const refused = ['r-2', 'r-9', 'r-13'];
    ports.refusal = ({ no_refund }) =>
      refused.includes(String(no_refund)) ? 'ThrottlingException' : undefined;
    // Changes without an event must not shift the positions of the others.
    const still = change(refund('REQUESTED'), refund('REQUESTED'), { id: 'still' });
    const changes = many(15, (no_refund) => change(undefined, refund('REQUESTED', { no_refund })));
    const failed = await publishChanges(ports.ctx, [still, ...changes]);
    expect(failed.sort()).toEqual(refused.map((no) => `change of ${no}`).sort());
    expect(ports.log.filter((line) => line.includes('ThrottlingException'))).toHaveLength(3);
    expect(ports.log.filter((line) => line.includes('"event.published"'))).toHaveLength(12);
  });

  test('a request that fails as a whole fails its own events alone', async () => {
    const ports = fakePorts();
    ports.isBusDown = true;
    const still = change(refund('REQUESTED'), refund('REQUESTED'), { id: 'still' });
    expect(await publishChanges(ports.ctx, [still, end('SUCCEEDED')])).toEqual(['change of r-1']);
    // The task is completed nevertheless.
    expect(ports.results).toHaveLength(1);
  });
});

describe('waiting tasks', () => {
  test.each<[Status, unknown[]]>([
    ['SUCCEEDED', []],
    ['FAILED', ['RefundFailed']],
    ['REJECTED', ['RefundRejected']],
  ])('%s completes the task, with the refund', async (status, how) => {
    const { ctx, results } = fakePorts();
    expect(await publishChanges(ctx, [end(status)])).toEqual([]);
    expect(results).toEqual([['secret-token', ...how, viewOf(refund(status))]]);
  });

  test.each<Status>(['REQUESTED', 'INITIALIZED', 'PROCESSING'])('%s leaves it waiting', async (status) => {
    const { ctx, results } = fakePorts();
    await publishChanges(ctx, [change(undefined, refund(status, { task_token: 'secret-token' }))]);
    expect(results).toEqual([]);
  });

  test('a token that arrives after the end completes its task, without an event', async () => {
    const { ctx, results, requests } = fakePorts();
    const before = refund('SUCCEEDED', { task_token: 'old-token' });
    const after = refund('SUCCEEDED', { task_token: 'new-token' });
    expect(await publishChanges(ctx, [change(before, after), change(refund('SUCCEEDED'), after)])).toEqual(
      [],
    );
    expect(results.map(([token]) => token)).toEqual(['new-token', 'new-token']);
    expect(requests).toEqual([]);
  });

  test('a task that is over counts as completed, and the log says so', async () => {
    const ports = fakePorts();
    ports.taskState = () => 'over';
    expect(await publishChanges(ports.ctx, [end('SUCCEEDED')])).toEqual([]);
    expect(ports.log.join()).toContain('no state machine waits any more');
  });

  test('a completion that fails is reported alone, and the others succeed', async () => {
    const ports = fakePorts();
    ports.taskState = (token) => (token === 'token-2' ? 'unreachable' : 'waiting');
    const changes = many(3, (no_refund) =>
      end('SUCCEEDED', { no_refund, task_token: no_refund.replace('r', 'token') }),
    );
    expect(await publishChanges(ports.ctx, changes)).toEqual(['change of r-2']);
    expect(ports.results.map(([token]) => token)).toEqual(['token-1', 'token-3']);
    expect(ports.events()).toHaveLength(3);
  });
});

describe('giving up', () => {
  const old = { happenedAtMs: now - 30 * minute };

  test('a change that fails for half an hour goes to the dead letters; before that it is reported', async () => {
    const ports = fakePorts();
    ports.isBusDown = true;
    const young = end('SUCCEEDED', { no_refund: 'young' }, { happenedAtMs: now - 30 * minute + 1 });
    const failed = await publishChanges(ports.ctx, [young, end('SUCCEEDED', { no_refund: 'old' }, old)]);
    expect(failed).toEqual(['change of young']);
    expect(ports.letters.map(({ refund }) => refund.no_refund)).toEqual(['old']);
  });

  test('a dead letter has what failed and nothing else', async () => {
    const busDown = fakePorts();
    busDown.isBusDown = true;
    await publishChanges(busDown.ctx, [end('FAILED', {}, old)]);
    const view = viewOf(refund('FAILED'));
    const event = { ...view, previous_status: 'PROCESSING', event_id: 'r-1:3' };
    expect(busDown.letters).toEqual([{ refund: view, event, isWaitedFor: false }]);

    const tasksDown = fakePorts();
    tasksDown.taskState = () => 'unreachable';
    await publishChanges(tasksDown.ctx, [end('FAILED', {}, old)]);
    expect(tasksDown.letters).toEqual([{ refund: view, event: undefined, isWaitedFor: true }]);
  });

  test('a change that can be published is published, however old', async () => {
    const ports = fakePorts();
    expect(await publishChanges(ports.ctx, [end('SUCCEEDED', {}, old)])).toEqual([]);
    expect(ports.letters).toEqual([]);
  });

  test('without a queue, or without a time, a failing change is retried for ever', async () => {
    const ports = fakePorts();
    ports.isBusDown = true;
    ports.isQueueDown = true;
    expect(await publishChanges(ports.ctx, [end('SUCCEEDED', {}, old)])).toEqual(['change of r-1']);
    const { deadLetters: _none, ...ctx } = ports.ctx;
    expect(await publishChanges(ctx, [end('SUCCEEDED', {}, old)])).toEqual(['change of r-1']);
    ports.isQueueDown = false;
    const timeless = end('SUCCEEDED', {}, { happenedAtMs: Number.POSITIVE_INFINITY });
    expect(await publishChanges(ports.ctx, [timeless])).toEqual(['change of r-1']);
    expect(ports.letters).toEqual([]);
  });

  test('the token is in no event, no dead letter and no log line', async () => {
    const ports = fakePorts();
    ports.taskState = () => 'unreachable';
    ports.refusal = () => 'InternalFailure';
    await publishChanges(ports.ctx, [end('SUCCEEDED', {}, old), end('REJECTED')]);
    expect(ports.letters).toHaveLength(1);
    expect(JSON.stringify([ports.requests, ports.letters, ports.log])).not.toContain('secret-token');
  });
});

describe('replaying dead letters', () => {
  const letter = (status: Status, more: Partial<DeadLetter> = {}, no_refund = 'r-1') => ({
    id: `letter of ${no_refund}`,
    letter: { refund: viewOf(refund(status, { no_refund })), isWaitedFor: true, ...more },
  });

  const eventNamed = (event_id: string): RefundEvent => ({ ...viewOf(refund('SUCCEEDED')), event_id });

  test('an event is published unchanged', async () => {
    const { ctx, events, results } = fakePorts();
    const event: RefundEvent = { ...eventNamed('r-1:3'), previous_status: 'PROCESSING' };
    expect(await replayDeadLetters(ctx, [letter('SUCCEEDED', { event, isWaitedFor: false })])).toEqual([]);
    expect(events()).toEqual([event]);
    expect(results).toEqual([]);
  });

  test('the token comes from the record, which has the newest', async () => {
    const { ctx, results, records, requests } = fakePorts();
    records.set('r-1', refund('SUCCEEDED', { task_token: 'newest-token' }));
    expect(await replayDeadLetters(ctx, [letter('SUCCEEDED')])).toEqual([]);
    expect(results).toEqual([['newest-token', viewOf(refund('SUCCEEDED'))]]);
    expect(requests).toEqual([]);
  });

  test('a task is completed with the current state of the refund', async () => {
    const { ctx, results, records } = fakePorts();
    const record = refund('SUCCEEDED', { version: 6, task_token: 'newest-token' });
    records.set('r-1', record);
    expect(await replayDeadLetters(ctx, [letter('REJECTED')])).toEqual([]);
    expect(results).toEqual([['newest-token', viewOf(record)]]);
  });

  test('a task whose refund is not final stays open until its end', async () => {
    const { ctx, results, records } = fakePorts();
    records.set('r-1', refund('REQUESTED', { version: 4, task_token: 'newest-token' }));
    expect(await replayDeadLetters(ctx, [letter('REJECTED')])).toEqual([]);
    expect(results).toEqual([]);
  });

  test('each dead letter fails alone: record unreachable or missing, event refused, task not completed', async () => {
    const ports = fakePorts();
    ports.refusal = ({ event_id }) => (event_id === 'refused' ? 'InternalFailure' : undefined);
    ports.taskState = (token) => (token === 'token-of-r-3' ? 'unreachable' : 'waiting');
    for (const no_refund of ['r-3', 'r-4'])
      ports.records.set(no_refund, refund('SUCCEEDED', { no_refund, task_token: `token-of-${no_refund}` }));
    const failed = await replayDeadLetters(ports.ctx, [
      letter('SUCCEEDED', {}, 'missing'),
      letter('SUCCEEDED', { event: eventNamed('refused'), isWaitedFor: false }, 'r-2'),
      letter('SUCCEEDED', {}, 'r-3'),
      letter('SUCCEEDED', {}, 'r-4'),
    ]);
    expect(failed.sort()).toEqual(['letter of missing', 'letter of r-2', 'letter of r-3']);
    expect(ports.results.map(([token]) => token)).toEqual(['token-of-r-4']);

    ports.isTableDown = true;
    const event = eventNamed('fine');
    const rest = [letter('SUCCEEDED'), letter('SUCCEEDED', { event, isWaitedFor: false }, 'r-5')];
    expect(await replayDeadLetters(ports.ctx, rest)).toEqual(['letter of r-1']);
    expect(ports.events()).toContainEqual(event);
  });

  test('a dead letter never returns to the queue that it comes from', async () => {
    const ports = fakePorts();
    ports.isBusDown = true;
    const event = eventNamed('r-1:3');
    expect(await replayDeadLetters(ports.ctx, [letter('SUCCEEDED', { event })])).toEqual(['letter of r-1']);
    expect(ports.letters).toEqual([]);
  });
});

describe('metrics from the stream', () => {
  const metricsOf = async (...changes: ChangeRecord[]) => {
    const { ctx, log } = fakePorts();
    expect(await publishChanges(ctx, changes)).toEqual([]);
    return log.flatMap((line) => JSON.parse(line).metrics ?? []);
  };
  const message = { received_at: '2026-01-02T03:04:05.000Z', oid_refundno: 'B2' };
  const conflict = { first: message, latest: message };

  test.each<[string, Partial<Refund>, Partial<Refund>, object[]]>([
    ['a first conflict', {}, { conflicts: 1, conflict }, [{ Conflicts: 1 }]],
    ['a further conflict', { conflicts: 1, conflict }, { conflicts: 2, conflict }, [{ Conflicts: 1 }]],
    [
      'a conflict that was there',
      { conflicts: 1, conflict },
      { conflicts: 1, conflict, settle_date: '20260102' },
      [],
    ],
  ])('%s', async (_what, before, after, counted) => {
    const changed = change(refund('SUCCEEDED', before), refund('SUCCEEDED', after));
    expect(await metricsOf(changed)).toEqual(counted);
  });

  test('the line of a conflict has what contradicts the record, and the number that is recorded', async () => {
    const { ctx, log } = fakePorts();
    const after = refund('SUCCEEDED', { oid_refundno: 'A1', conflicts: 1, conflict });
    await publishChanges(ctx, [change(refund('SUCCEEDED'), after)]);
    expect(log.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ no_refund: 'r-1', oid_refundno: 'A1', conflict: message }),
    );
  });

  test('a deleted record is logged, and publishes no event', async () => {
    const { ctx, log, requests } = fakePorts();
    const deleted = {
      id: '1',
      streamLabel: '',
      happenedAtMs: now,
      before: refund('REQUESTED', { task_token: 'secret-token' }),
    };
    expect(await publishChanges(ctx, [deleted])).toEqual([]);
    expect(log.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ no_refund: 'r-1', status: 'REQUESTED', metrics: { RecordsDeleted: 1 } }),
    ]);
    expect(requests).toEqual([]);
    expect(log.join()).not.toContain('secret');
  });
});
