import {
  classOfCode,
  isNotFoundCode,
  reasonOfCode,
  rejectsService,
} from '../../shared/domain/return-codes.ts';

const REJECTED =
  '1001 1004 1008 1009 1012 3001 3010 5504 9002 9901 ' +
  '1014 1016 1019 2006 5002 5003 5004 5006 5007 5008 7017 9092 9093 9104 9910 9911';
const DUPLICATE = '1002 2005 2007 4002 9983';
const IN_DOUBT =
  '1003 1005 1006 1007 1111 2008 5005 6601 8006 8117 9000 9091 9094 9902 9903 9920 9921 9970 9990 9991 9999';
const NOT_FOUND = '8901 5002 9093';

const ENGLISH: Record<string, string> = {
  1001: 'invalid signature',
  1002: 'duplicate number',
  1003: 'processing',
  1004: 'invalid parameter',
  1005: 'processing failed',
  1006: 'order creation failed',
  1007: 'network busy',
  1008: 'source IP not allowed',
  1009: 'merchant suspended',
  1012: 'request could not be parsed',
  1014: 'daily amount or count limit',
  1016: 'amount limit',
  1019: 'single amount limit',
  1111: 'transaction abnormal',
  2005: 'original transaction is being processed',
  2006: 'transaction expired',
  2007: 'already paid',
  2008: 'processing',
  3001: 'invalid merchant',
  3010: 'no permission',
  4002: 'suspected duplicate',
  5002: 'original transaction does not exist',
  5003: 'refund amount does not fit the original transaction',
  5004: 'merchant status abnormal',
  5005: 'refund failed, try again',
  5006: 'insufficient merchant balance',
  5007: 'total refunds exceed the original amount',
  5008: 'original transaction not successful',
  5504: 'no permission for the operation',
  6601: 'bank address unavailable',
  7017: 'wrong amount',
  8006: 'exchange failure',
  8117: 'idempotency check failed',
  8901: 'no record',
  9000: 'bank under maintenance',
  9002: 'message could not be parsed',
  9091: 'payment creation failed',
  9092: 'payment and order numbers disagree',
  9093: 'no such payment',
  9094: 'bank request failed',
  9104: 'insufficient balance of the corporate account',
  9901: 'illegal request message',
  9902: 'interface call failed',
  9903: 'invalid request, try later',
  9910: 'risk too high',
  9911: 'amount over limit',
  9920: 'refund failed',
  9921: 'refund query failed',
  9970: 'bank day-end switch',
  9983: 'duplicate number',
  9990: 'bank error',
  9991: 'bank error',
  9999: 'system error',
};

const codes = (list: string) => list.split(' ');
const documented = new Set(['0000', ...Object.keys(ENGLISH)]);

test('0000 is the only code that accepts', () => {
  expect(classOfCode('0000')).toBe('accepted');
  expect([...documented].filter((code) => classOfCode(code) === 'accepted')).toEqual(['0000']);
});

test.each(codes(REJECTED))('%s rejects', (code) => {
  expect(classOfCode(code)).toBe('rejected');
});

test.each(codes(DUPLICATE))('%s means a duplicate', (code) => {
  expect(classOfCode(code)).toBe('duplicate');
});

test.each(codes(IN_DOUBT))('%s is in doubt', (code) => {
  expect(classOfCode(code)).toBe('in-doubt');
});

test('every undocumented code from 0000 to 9999 is in doubt', () => {
  const listed = new Set(['0000', ...codes(REJECTED), ...codes(DUPLICATE)]);
  const every = Array.from({ length: 10_000 }, (_, code) => String(code).padStart(4, '0'));
  expect(every.filter((code) => !listed.has(code) && classOfCode(code) !== 'in-doubt')).toEqual([]);
});

test.each(['', '0', '00000', 'abcd', 'constructor', '__proto__', 'toString'])('%j is in doubt', (code) => {
  expect(classOfCode(code)).toBe('in-doubt');
  expect(isNotFoundCode(code)).toBe(false);
});

test('exactly three codes answer a query with "not found"', () => {
  expect([...documented].filter(isNotFoundCode).sort()).toEqual(codes(NOT_FOUND).sort());
});

test('eight codes reject the service as such, and all of them are rejections', () => {
  const rejecting = [...documented].filter(rejectsService).sort();
  expect(rejecting).toEqual('1001 1008 1009 1012 3001 3010 5504 9002'.split(' '));
  expect(rejecting.filter((code) => classOfCode(code) !== 'rejected')).toEqual([]);
});

test.each(Object.entries(ENGLISH))('%s is %s', (code, english) => {
  expect(reasonOfCode(code)).toBe(english);
});

test('every code that has an English name is listed here', () => {
  const named = Array.from({ length: 10_000 }, (_, code) => String(code).padStart(4, '0')).filter(
    (code) => reasonOfCode(code) !== reasonOfCode('1234'),
  );
  expect(named).toEqual([...documented].sort());
});

test('an undocumented code has an English name too', () => {
  expect(reasonOfCode('1234')).toMatch(/^[a-z ]+$/);
});
