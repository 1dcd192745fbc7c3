import type { PublishContext } from '../../shared/app/ports/context.ts';
import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import { publishChanges, replayDeadLetters } from '../../shared/app/publish.ts';
import type { ChangeRecord } from '../../shared/app/publishing/change-records.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import { type Refund, viewOf } from '../../shared/domain/refund.ts';
import { captureLog, type LogLine } from '../entry/captured-log.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const minute = 60_000;

/** What is outside, remembered, with a fate for whatever a test wants to fail. */
function outside() {
  const { lines, logFor } = captureLog();
  const world = {
    requests: [] as RefundEvent[][],
    answers: [] as unknown[][],
    letters: [] as DeadLetter[],
    log: [] as string[],
    records: new Map<string, Refund>(),
    refusal: (_event: RefundEvent): string | undefined => undefined,
    isBusDown: false,
    taskFate: (_token: string): 'heard' | 'done' | 'down' => 'heard',
    isTableDown: false,
    isQueueDown: false,
  };
  const answer = async (token: string, ...said: unknown[]) => {
    const fate = world.taskFate(token);
    if (fate === 'down') throw new Error('ServiceUnavailable');
    if (fate === 'heard') world.answers.push([token, ...said]);
    return fate === 'heard';
  };
  const ctx: PublishContext = {
    bus: {
      put: async (events) => {
        if (world.isBusDown) throw new Error('InternalException');
        world.requests.push(events);
        return events.map((event) => world.refusal(event));
      },
    },
    tasks: { succeed: answer, fail: answer },
    deadLetters: {
      send: async (letter) => {
        if (world.isQueueDown) throw new Error('QueueDoesNotExist');
        world.letters.push(letter);
      },
    },
    store: {
      get: async (noRefund: string) => {
        if (world.isTableDown) throw new Error('ServiceUnavailable');
        return world.records.get(noRefund);
      },
    } as PublishContext['store'],
    clock: { nowMs: () => now },
    log: (...line) => {
      logFor('')(...line);
      const { code, level, decision, facts } = lines.at(-1) as LogLine;
      world.log.push(JSON.stringify({ code, level, decision, ...facts }));
    },
  };
  return Object.assign(world, { ctx, events: () => world.requests.flat() });
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
  happenedAtMs: now,
  before,
  after,
  ...more,
});

/** A refund's end that a state machine waits for. */
const end = (status: Status, more: Partial<Refund> = {}, rest: Partial<ChangeRecord> = {}) =>
  change(refund('PROCESSING', { version: 2 }), refund(status, { task_token: 'secret-token', ...more }), rest);

const many = (count: number, of: (noRefund: string) => ChangeRecord) =>
  Array.from({ length: count }, (_, index) => of(`r-${index + 1}`));

describe('events', () => {
  test('a change of status is one event, with all that a caller may see', async () => {
    const { ctx, events } = outside();
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

  test('a new record is a change of status too, from none', async () => {
    const { ctx, events } = outside();
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
  ])('%s is no change of status: nothing is told', async (_what, more) => {
    const { ctx, requests, answers } = outside();
    expect(await publishChanges(ctx, [change(refund('REQUESTED'), refund('REQUESTED', more))])).toEqual([]);
    expect([requests, answers]).toEqual([[], []]);
  });

  test('every repetition of a change has the same event_id', async () => {
    const { ctx, events } = outside();
    for (const _time of [1, 2]) await publishChanges(ctx, [end('SUCCEEDED')]);
    expect(events().map(({ event_id }) => event_id)).toEqual(['r-1:3', 'r-1:3']);
  });

  test.each([
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])('%i events go in requests of 10 at most', async (count, sizes) => {
    const { ctx, requests, events } = outside();
    const changes = many(count, (no_refund) => change(undefined, refund('REQUESTED', { no_refund })));
    expect(await publishChanges(ctx, changes)).toEqual([]);
    expect(requests.map(({ length }) => length)).toEqual(sizes);
    expect(events().map(({ no_refund }) => no_refund)).toEqual(changes.map(({ after }) => after?.no_refund));
  });

  test('entries that are refused are reported one by one, whichever request they were in', async () => {
    const world = outside();
    const refused = ['r-2', 'r-9', 'r-13'];
    world.refusal = ({ no_refund }) =>
      refused.includes(String(no_refund)) ? 'ThrottlingException' : undefined;
    // Those that aren't events must not shift the places of those that are.
    const still = change(refund('REQUESTED'), refund('REQUESTED'), { id: 'still' });
    const changes = many(15, (no_refund) => change(undefined, refund('REQUESTED', { no_refund })));
    const failed = await publishChanges(world.ctx, [still, ...changes]);
    expect(failed.sort()).toEqual(refused.map((no) => `change of ${no}`).sort());
    expect(world.log.filter((line) => line.includes('ThrottlingException'))).toHaveLength(3);
    expect(world.log.filter((line) => line.includes('"event.published"'))).toHaveLength(12);
  });

  test('a request that fails as a whole fails its own events, and nobody waits for nothing', async () => {
    const world = outside();
    world.isBusDown = true;
    const still = change(refund('REQUESTED'), refund('REQUESTED'), { id: 'still' });
    expect(await publishChanges(world.ctx, [still, end('SUCCEEDED')])).toEqual(['change of r-1']);
    // The state machine is answered all the same.
    expect(world.answers).toHaveLength(1);
  });
});

describe('waiting state machines', () => {
  test.each<[Status, unknown[]]>([
    ['SUCCEEDED', []],
    ['FAILED', ['RefundFailed']],
    ['REJECTED', ['RefundRejected']],
  ])('%s answers the token, with the refund', async (status, how) => {
    const { ctx, answers } = outside();
    expect(await publishChanges(ctx, [end(status)])).toEqual([]);
    expect(answers).toEqual([['secret-token', ...how, viewOf(refund(status))]]);
  });

  test.each<Status>(['REQUESTED', 'INITIALIZED', 'PROCESSING'])('%s leaves it waiting', async (status) => {
    const { ctx, answers } = outside();
    await publishChanges(ctx, [change(undefined, refund(status, { task_token: 'secret-token' }))]);
    expect(answers).toEqual([]);
  });

  test('a token that comes after the end is answered, without an event', async () => {
    const { ctx, answers, requests } = outside();
    const before = refund('SUCCEEDED', { task_token: 'old-token' });
    const after = refund('SUCCEEDED', { task_token: 'new-token' });
    expect(await publishChanges(ctx, [change(before, after), change(refund('SUCCEEDED'), after)])).toEqual(
      [],
    );
    expect(answers.map(([token]) => token)).toEqual(['new-token', 'new-token']);
    expect(requests).toEqual([]);
  });

  test('a token that nobody waits with is done, and the log says so', async () => {
    const world = outside();
    world.taskFate = () => 'done';
    expect(await publishChanges(world.ctx, [end('SUCCEEDED')])).toEqual([]);
    expect(world.log.join()).toContain('no state machine waits any more');
  });

  test('an answer that fails is reported alone, and the others are given', async () => {
    const world = outside();
    world.taskFate = (token) => (token === 'token-2' ? 'down' : 'heard');
    const changes = many(3, (no_refund) =>
      end('SUCCEEDED', { no_refund, task_token: no_refund.replace('r', 'token') }),
    );
    expect(await publishChanges(world.ctx, changes)).toEqual(['change of r-2']);
    expect(world.answers.map(([token]) => token)).toEqual(['token-1', 'token-3']);
    expect(world.events()).toHaveLength(3);
  });
});

describe('giving up', () => {
  const old = { happenedAtMs: now - 30 * minute };

  test('what fails for half an hour is kept aside and holds nothing up any more; before that it is reported', async () => {
    const world = outside();
    world.isBusDown = true;
    const young = end('SUCCEEDED', { no_refund: 'young' }, { happenedAtMs: now - 30 * minute + 1 });
    const failed = await publishChanges(world.ctx, [young, end('SUCCEEDED', { no_refund: 'old' }, old)]);
    expect(failed).toEqual(['change of young']);
    expect(world.letters.map(({ refund }) => refund.no_refund)).toEqual(['old']);
  });

  test('a letter has what failed and nothing else', async () => {
    const busDown = outside();
    busDown.isBusDown = true;
    await publishChanges(busDown.ctx, [end('FAILED', {}, old)]);
    const view = viewOf(refund('FAILED'));
    const event = { ...view, previous_status: 'PROCESSING', event_id: 'r-1:3' };
    expect(busDown.letters).toEqual([{ refund: view, event, isWaitedFor: false }]);

    const tasksDown = outside();
    tasksDown.taskFate = () => 'down';
    await publishChanges(tasksDown.ctx, [end('FAILED', {}, old)]);
    expect(tasksDown.letters).toEqual([{ refund: view, event: undefined, isWaitedFor: true }]);
  });

  test('what works is never given up, however old', async () => {
    const world = outside();
    expect(await publishChanges(world.ctx, [end('SUCCEEDED', {}, old)])).toEqual([]);
    expect(world.letters).toEqual([]);
  });

  test('where nothing can be kept aside, or no time is known, it is tried on', async () => {
    const world = outside();
    world.isBusDown = true;
    world.isQueueDown = true;
    expect(await publishChanges(world.ctx, [end('SUCCEEDED', {}, old)])).toEqual(['change of r-1']);
    const { deadLetters: _none, ...ctx } = world.ctx;
    expect(await publishChanges(ctx, [end('SUCCEEDED', {}, old)])).toEqual(['change of r-1']);
    world.isQueueDown = false;
    const timeless = end('SUCCEEDED', {}, { happenedAtMs: Number.POSITIVE_INFINITY });
    expect(await publishChanges(world.ctx, [timeless])).toEqual(['change of r-1']);
    expect(world.letters).toEqual([]);
  });

  test('the token is in no event, no letter and no line of the log', async () => {
    const world = outside();
    world.taskFate = () => 'down';
    world.refusal = () => 'InternalFailure';
    await publishChanges(world.ctx, [end('SUCCEEDED', {}, old), end('REJECTED')]);
    expect(world.letters).toHaveLength(1);
    expect(JSON.stringify([world.requests, world.letters, world.log])).not.toContain('secret-token');
  });
});

describe('replaying dead letters', () => {
  const letter = (status: Status, more: Partial<DeadLetter> = {}, no_refund = 'r-1') => ({
    id: `letter of ${no_refund}`,
    letter: { refund: viewOf(refund(status, { no_refund })), isWaitedFor: true, ...more },
  });

  test('an event is published as it was', async () => {
    const { ctx, events, answers } = outside();
    const event = { event_id: 'r-1:3', status: 'SUCCEEDED', previous_status: 'PROCESSING' } as const;
    expect(await replayDeadLetters(ctx, [letter('SUCCEEDED', { event, isWaitedFor: false })])).toEqual([]);
    expect(events()).toEqual([event]);
    expect(answers).toEqual([]);
  });

  test('the token comes from the record, which knows the newest', async () => {
    const { ctx, answers, records, requests } = outside();
    records.set('r-1', refund('SUCCEEDED', { task_token: 'newest-token' }));
    expect(await replayDeadLetters(ctx, [letter('SUCCEEDED')])).toEqual([]);
    expect(answers).toEqual([['newest-token', viewOf(refund('SUCCEEDED'))]]);
    expect(requests).toEqual([]);
  });

  test('what has become of the refund since is what is told', async () => {
    const { ctx, answers, records } = outside();
    const record = refund('SUCCEEDED', { version: 6, task_token: 'newest-token' });
    records.set('r-1', record);
    expect(await replayDeadLetters(ctx, [letter('REJECTED')])).toEqual([]);
    expect(answers).toEqual([['newest-token', viewOf(record)]]);
  });

  test('a refund that goes on is told at its end, not now', async () => {
    const { ctx, answers, records } = outside();
    records.set('r-1', refund('REQUESTED', { version: 4, task_token: 'newest-token' }));
    expect(await replayDeadLetters(ctx, [letter('REJECTED')])).toEqual([]);
    expect(answers).toEqual([]);
  });

  test('each letter fails alone: its record out of reach or missing, its event refused, its task', async () => {
    const world = outside();
    world.refusal = ({ event_id }) => (event_id === 'refused' ? 'InternalFailure' : undefined);
    world.taskFate = (token) => (token === 'token-of-r-3' ? 'down' : 'heard');
    for (const no_refund of ['r-3', 'r-4'])
      world.records.set(no_refund, refund('SUCCEEDED', { no_refund, task_token: `token-of-${no_refund}` }));
    const failed = await replayDeadLetters(world.ctx, [
      letter('SUCCEEDED', {}, 'missing'),
      letter('SUCCEEDED', { event: { event_id: 'refused' }, isWaitedFor: false }, 'r-2'),
      letter('SUCCEEDED', {}, 'r-3'),
      letter('SUCCEEDED', {}, 'r-4'),
    ]);
    expect(failed.sort()).toEqual(['letter of missing', 'letter of r-2', 'letter of r-3']);
    expect(world.answers.map(([token]) => token)).toEqual(['token-of-r-4']);

    world.isTableDown = true;
    const event = { event_id: 'fine' };
    const rest = [letter('SUCCEEDED'), letter('SUCCEEDED', { event, isWaitedFor: false }, 'r-5')];
    expect(await replayDeadLetters(world.ctx, rest)).toEqual(['letter of r-1']);
    expect(world.events()).toContainEqual(event);
  });

  test('a letter is never given up into the queue that it comes from', async () => {
    const world = outside();
    world.isBusDown = true;
    const event = { event_id: 'r-1:3' };
    expect(await replayDeadLetters(world.ctx, [letter('SUCCEEDED', { event })])).toEqual(['letter of r-1']);
    expect(world.letters).toEqual([]);
  });
});

describe('what must not be missed is counted from the stream', () => {
  const metricsOf = async (...changes: ChangeRecord[]) => {
    const { ctx, log } = outside();
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
    const { ctx, log } = outside();
    const after = refund('SUCCEEDED', { oid_refundno: 'A1', conflicts: 1, conflict });
    await publishChanges(ctx, [change(refund('SUCCEEDED'), after)]);
    expect(log.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ no_refund: 'r-1', oid_refundno: 'A1', conflict: message }),
    );
  });

  test('a record that is deleted, and no event is told', async () => {
    const { ctx, log, requests } = outside();
    const deleted = {
      id: '1',
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
