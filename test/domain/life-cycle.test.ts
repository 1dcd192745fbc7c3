import fc from 'fast-check';
import {
  contradicts,
  isFinal,
  isOpen,
  movesMoney,
  STATUSES,
  type Status,
  statusesBefore,
  statusOf,
} from '../../shared/domain/life-cycle.ts';

const ALL: Status[] = ['REQUESTED', 'REJECTED', 'INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'];
const FINAL: Status[] = ['SUCCEEDED', 'FAILED'];

const status = fc.constantFrom(...ALL);
const said = fc.constantFrom('0', '1', '2', '3').map(statusOf);

/** The result of a conditional update. */
const after = (known: Status, message: Status) => (statusesBefore(message).includes(known) ? message : known);

test.each([
  ['0', 'INITIALIZED'],
  ['1', 'PROCESSING'],
  ['2', 'SUCCEEDED'],
  ['3', 'FAILED'],
])('sta_refund %s means %s', (staRefund, expected) => {
  expect(statusOf(staRefund)).toBe(expected);
});

test('no other sta_refund means anything', () => {
  const other = fc.string().filter((text) => !/^[0-3]$/.test(text));
  fc.assert(
    fc.property(other, (text) => {
      expect(() => statusOf(text)).toThrow(RangeError);
    }),
    { examples: [[''], ['4'], ['02'], ['constructor'], ['__proto__']] },
  );
});

test.each([
  ['REQUESTED', []],
  ['REJECTED', []],
  ['INITIALIZED', ['REQUESTED', 'REJECTED']],
  ['PROCESSING', ['REQUESTED', 'REJECTED', 'INITIALIZED']],
  ['SUCCEEDED', ['REQUESTED', 'REJECTED', 'INITIALIZED', 'PROCESSING']],
  ['FAILED', ['REQUESTED', 'REJECTED', 'INITIALIZED', 'PROCESSING']],
] as [Status, Status[]][])('%s comes after %j', (later, earlier) => {
  expect(statusesBefore(later)).toEqual(earlier);
});

test.each(ALL)('%s is final where it should be', (is) => {
  expect(isFinal(is)).toBe(FINAL.includes(is));
});

test('no transition leaves a final status', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FINAL), fc.array(said), (final, messages) => {
      expect(messages.reduce(after, final)).toBe(final);
    }),
  );
});

test('no transition leads back to an earlier status', () => {
  fc.assert(
    fc.property(status, fc.array(said), (start, messages) => {
      const passed = [start];
      for (const message of messages) passed.push(after(passed.at(-1) as Status, message));
      for (const [index, is] of passed.entries()) {
        for (const earlier of passed.slice(0, index)) expect(statusesBefore(earlier)).not.toContain(is);
      }
    }),
  );
});

test('messages in any order, with any repetitions, end in the latest status', () => {
  const oneFinal = fc.constantFrom(...FINAL).chain((final) => {
    const message = fc.constantFrom<Status>('INITIALIZED', 'PROCESSING', final);
    return fc.array(message, { minLength: 1 });
  });
  fc.assert(
    fc.property(oneFinal, (messages) => {
      const order: Status[] = ['INITIALIZED', 'PROCESSING', ...FINAL];
      const highest = order[Math.max(...messages.map((message) => order.indexOf(message)))];
      expect(messages.reduce(after, 'REQUESTED')).toBe(highest);
    }),
  );
});

test('only two different final statuses conflict', () => {
  fc.assert(
    fc.property(status, status, (known, message) => {
      const isOtherEnd = known !== message && FINAL.includes(known) && FINAL.includes(message);
      expect(contradicts(known, message)).toBe(isOtherEnd);
    }),
  );
});

test('movesMoney holds for what the gateway has accepted and not failed', () => {
  expect(ALL.filter(movesMoney)).toEqual(['INITIALIZED', 'PROCESSING', 'SUCCEEDED']);
});

test('isOpen holds for what the service carries to its end by itself', () => {
  expect(ALL.filter(isOpen)).toEqual(['REQUESTED', 'INITIALIZED', 'PROCESSING']);
  expect([...STATUSES].sort()).toEqual([...ALL].sort());
});
