import fc from 'fast-check';
import { fenOf, isRefundable, normalizeMoney, yuanOf } from '../../shared/domain/money.ts';

/** Fen as text, by string operations: the test must not share the code's arithmetic. */
const asYuan = (fen: bigint): string => {
  const digits = fen.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

const refundableFen = fc.bigInt({ min: 1n, max: 10_000_000_000n });

test('every refundable amount is its own normal form', () => {
  fc.assert(
    fc.property(refundableFen, (fen) => {
      expect(normalizeMoney(asYuan(fen))).toBe(asYuan(fen));
      expect(isRefundable(asYuan(fen))).toBe(true);
    }),
  );
});

test('optional zeros change nothing', () => {
  fc.assert(
    fc.property(refundableFen, (fen) => {
      const full = asYuan(fen);
      const short = full.replace(/\.?0+$/, '');
      expect(normalizeMoney(short)).toBe(full);
    }),
  );
});

test('two amounts have the same normal form only if they are the same number of fen', () => {
  fc.assert(
    fc.property(refundableFen, refundableFen, (a, b) => {
      expect(normalizeMoney(asYuan(a)) === normalizeMoney(asYuan(b))).toBe(a === b);
    }),
  );
});

test.each([
  ['0.29', '0.29'],
  ['0.57', '0.57'],
  ['1.005', undefined],
  ['4.35', '4.35'],
  ['1.15', '1.15'],
  ['90071992.41', '90071992.41'],
  ['99999999.99', '99999999.99'],
  ['100000000.00', '100000000.00'],
  ['100000000', '100000000.00'],
])('%s keeps its exact value, without floating point', (text, normalized) => {
  expect(normalizeMoney(text)).toBe(normalized);
});

test.each([
  ['200', '200.00'],
  ['200.1', '200.10'],
  ['0', '0.00'],
  ['007.5', '7.50'],
  ['00', '0.00'],
])('%s is the amount %s', (text, normalized) => {
  expect(normalizeMoney(text)).toBe(normalized);
});

test.each([
  '',
  ' ',
  '.',
  '.5',
  '1.',
  '1.234',
  '-1',
  '+1',
  '1e2',
  '0x10',
  'Infinity',
  'NaN',
  '1,00',
  '1 000',
  ' 1.00',
  '1.00 ',
  '1.00\n',
  '１.００',
  '1.2.3',
  '0000000000001',
])('%j is not an amount', (text) => {
  expect(normalizeMoney(text)).toBeUndefined();
});

test.each([
  ['0.00', false],
  ['0.01', true],
  ['100000000.00', true],
  ['100000000.01', false],
  ['999999999.99', false],
])('%s is refundable: %s', (normalized, expected) => {
  expect(isRefundable(normalized)).toBe(expected);
});

test('sums in fen are exact, and shown in yuan with two decimals', () => {
  expect(['0', '0.01', '0.29', '100000000.00'].map(fenOf)).toEqual([0n, 1n, 29n, 10_000_000_000n]);
  expect([0n, 1n, 29n, 100n, 10_000_000_000n].map(yuanOf)).toEqual([
    '0.00',
    '0.01',
    '0.29',
    '1.00',
    '100000000.00',
  ]);
  // As a binary fraction this would be off.
  const many = Array.from({ length: 1_000_000 }, () => fenOf('100000000.01')).reduce((sum, fen) => sum + fen);
  expect(yuanOf(many)).toBe('100000000010000.00');
});
