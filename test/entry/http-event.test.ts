import { InvalidRequest, PayloadTooLarge } from '../../shared/domain/errors.ts';
import { bodyOf, isHttpEvent, jsonAnswer, sourceIpOf, textOf } from '../../shared/entry/http-event.ts';

const LIMIT = 65_536;

const version1 = { requestContext: { identity: { sourceIp: '1.2.3.4' } } };
const version2 = { requestContext: { http: { sourceIp: '5.6.7.8' } } };
const base64 = (bytes: string | Buffer) => ({
  ...version2,
  body: Buffer.from(bytes).toString('base64'),
  isBase64Encoded: true,
});

test.each([
  ['payload 1.0', version1, true],
  ['payload 2.0', version2, true],
  ['an application', { no_refund: '1' }, false],
  ['an event of EventBridge', { source: 'aws.events', detail: {} }, false],
  ['a requestContext that is none', { requestContext: null }, false],
  ['a requestContext of text', { requestContext: 'x' }, false],
  ['an empty object', {}, false],
  ['null', null, false],
  ['nothing', undefined, false],
  ['a text', '{"requestContext":{}}', false],
])('%s came over HTTP: %s', (_what, event, expected) => {
  expect(isHttpEvent(event)).toBe(expected);
});

const claims = {
  'x-forwarded-for': '9.9.9.9',
  'X-Forwarded-For': '9.9.9.9, 8.8.8.8',
  forwarded: 'for=9.9.9.9',
  'x-real-ip': '9.9.9.9',
  'true-client-ip': '9.9.9.9',
  'cf-connecting-ip': '9.9.9.9',
};

test.each([
  ['payload 1.0', version1, '1.2.3.4'],
  ['payload 2.0', version2, '5.6.7.8'],
  ['no address', { requestContext: {} }, ''],
  ['a context without an address', { requestContext: { http: {}, identity: {} } }, ''],
  ['an empty address', { requestContext: { http: { sourceIp: '' } } }, ''],
])("the caller's address comes from %s, and never from a header", (_what, event, expected) => {
  expect(sourceIpOf(event)).toBe(expected);
  const multiValueHeaders = Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, [value]]),
  );
  const claiming = { ...event, headers: claims, multiValueHeaders };
  expect(sourceIpOf(claiming)).toBe(expected);
});

test.each([
  ['text', { ...version2, body: '{"ret_msg":"交易"}' }, '{"ret_msg":"交易"}'],
  ['text that looks like base64', { ...version2, body: 'e30=', isBase64Encoded: false }, 'e30='],
  ['base64', base64('{"ret_msg":"交易"}'), '{"ret_msg":"交易"}'],
  ['a null body', { ...version1, body: null }, ''],
  ['no body', version2, ''],
  [
    'another content type',
    { ...version2, headers: { 'content-type': 'text/json;charset=utf-8' }, body: '{}' },
    '{}',
  ],
])('the body of %s', (_what, event, expected) => {
  expect(bodyOf(event)).toBe(expected);
});

test.each([
  ['one byte characters', 'x'.repeat(LIMIT)],
  ['three byte characters', `${'字'.repeat(LIMIT / 3)}x`],
])('a body may have 64 KiB, counted in bytes: %s', (_what, body) => {
  expect(bodyOf({ ...version2, body })).toBe(body);
  expect(bodyOf(base64(body))).toBe(body);
  expect(() => bodyOf({ ...version2, body: `${body}x` })).toThrow(PayloadTooLarge);
  expect(() => bodyOf(base64(`${body}x`))).toThrow(PayloadTooLarge);
});

test('a body that is not UTF-8 is rejected', () => {
  expect(() => bodyOf(base64(Buffer.from([0x7b, 0xff, 0x7d])))).toThrow(InvalidRequest);
});

test.each([
  ['a text as it is', '{"a":200.10}', '{"a":200.10}'],
  ['an object as JSON', { a: '交易' }, '{"a":"交易"}'],
  ['null', null, 'null'],
  ['nothing', undefined, ''],
])('a direct input as text: %s', (_what, input, expected) => {
  expect(textOf(input)).toBe(expected);
});

test('a direct input has the same limit as a body', () => {
  expect(textOf({ a: 'x'.repeat(LIMIT - '{"a":""}'.length) })).toHaveLength(LIMIT);
  expect(() => textOf({ a: 'x'.repeat(LIMIT - '{"a":""}'.length + 1) })).toThrow(PayloadTooLarge);
  expect(() => textOf('字'.repeat(LIMIT / 2))).toThrow(PayloadTooLarge);
});

test('a deeply nested direct input is an error, not a crash', () => {
  let nested: unknown = 'x';
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
  expect(() => textOf(nested)).toThrow(InvalidRequest);
});

test('an answer is JSON', () => {
  expect(jsonAnswer(202, { ret_msg: '交易' })).toEqual({
    statusCode: 202,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"ret_msg":"交易"}',
  });
});
