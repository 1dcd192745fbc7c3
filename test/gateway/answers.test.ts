import { readAnswer } from '../../shared/gateway/answers.ts';
import { packText } from '../../shared/gateway/packed-text.ts';
import {
  accepted,
  gatewayAuthenticator,
  json,
  type Message,
  OID_PARTNER,
  Raw,
  signed,
  untrusted,
} from './signed-messages.ts';

const expected = { oid_partner: OID_PARTNER, no_refund: '2013051500005' };
const read = (text: string, status = 200, isGarbled = false) =>
  readAnswer({ status, text, isGarbled }, expected, gatewayAuthenticator());

const { oid_partner, no_refund, ret_msg, ret_code, ...reported } = accepted;

const without = (...left: string[]): Message =>
  Object.fromEntries(Object.entries(accepted).filter(([key]) => !left.includes(key)));

test('a signed 0000 about the refund is a verified message', async () => {
  const text = signed(accepted);
  const message = { no_refund: '2013051500005', ret_code: '0000', ret_msg: '交易成功', ...reported };
  expect(await read(text)).toEqual({ type: 'verified', message: { ...message, packed: packText(text) } });
});

test.each([
  [
    'with numbers without quotes',
    { ...accepted, money_refund: new Raw('200.10'), sta_refund: new Raw('2') },
    { money_refund: '200.10', sta_refund: '2' },
  ],
  ['with an amount of one decimal', { ...accepted, money_refund: '200.1' }, { money_refund: '200.10' }],
  [
    'with the fields of an exchange',
    { ...accepted, money_foreign_refund: '30.03', rate: '6.66', rate_id: 'r', exchange_bankcode: 'b' },
    { money_foreign_refund: '30.03', rate: '6.66' },
  ],
  ['with an unknown field', { ...accepted, news: '字' }, { sta_refund: '1' }],
  [
    'with empty fields',
    { ...accepted, settle_date: '', rate: '' },
    { settle_date: undefined, rate: undefined },
  ],
  [
    'without amount and status',
    without('money_refund', 'sta_refund'),
    { money_refund: undefined, sta_refund: undefined },
  ],
  ['with & and = in its prose', { ...accepted, ret_msg: 'a=b&c' }, { ret_msg: 'a=b&c' }],
] as [string, Message, object][])(
  'a signed 0000 %s is a verified message',
  async (_what, message, expected) => {
    expect(await read(signed(message))).toMatchObject({ type: 'verified', message: expected });
  },
);

const CODES: [string, string, boolean][] = [
  ['1004', 'rejected', false],
  ['5002', 'rejected', true],
  ['5006', 'rejected', false],
  ['9093', 'rejected', true],
  ['9911', 'rejected', false],
  ['1002', 'duplicate', false],
  ['9983', 'duplicate', false],
  ['8901', 'in-doubt', true],
  ['9999', 'in-doubt', false],
  ['1234', 'in-doubt', false],
];

test.each(CODES)('an unsigned %s counts as %s', async (code, codeClass, isNotFound) => {
  expect(await read(json({ ret_code: code, ret_msg: '余额不足' }))).toEqual({
    type: 'code',
    codeClass,
    isNotFound,
    ret_code: code,
    ret_msg: '余额不足',
  });
});

test.each(CODES)('a signed %s counts as %s', async (code, codeClass) => {
  const text = signed({ ret_code: code, oid_partner: OID_PARTNER, no_refund: expected.no_refund });
  expect(await read(text)).toMatchObject({ type: 'code', codeClass, ret_code: code, ret_msg: '' });
});

test('a very long ret_msg is truncated', async () => {
  const answer = await read(json({ ret_code: '1004', ret_msg: '字'.repeat(5000) }));
  expect(answer).toMatchObject({ ret_msg: '字'.repeat(100) });
});

const IN_DOUBT: [what: string, text: string, status?: number, isGarbled?: boolean][] = [
  ['a 0000 without a signature', json(accepted)],
  ['a 0000 with an empty signature', json({ ...accepted, sign: '' })],
  ['a 0000 signed by somebody else', signed(accepted, untrusted.privateKey)],
  ['a 0000 signed in the MD5 way', signed({ ...accepted, sign_type: 'MD5' })],
  ['a 0000 that was changed on its way', signed(accepted).replace('"sta_refund":"1"', '"sta_refund":"2"')],
  [
    'a 0000 whose amount was rewritten',
    signed({ ...accepted, money_refund: new Raw('200.10') }).replace('200.10', '200.1'),
  ],
  ['a rejection signed by somebody else', signed({ ret_code: '1004' }, untrusted.privateKey)],
  ['a rejection signed in the MD5 way', signed({ ret_code: '1004', sign_type: 'MD5' })],
  ['a 0000 for another merchant', signed({ ...accepted, oid_partner: '201103171000000001' })],
  ['a 0000 for another refund', signed({ ...accepted, no_refund: '2013051500006' })],
  ['a 0000 that names no merchant', signed(without('oid_partner'))],
  ['a 0000 that names no refund', signed(without('no_refund'))],
  ['a 0000 with an empty number', signed({ ...accepted, no_refund: '' })],
  ['an unsigned rejection of another refund', json({ ret_code: '1004', no_refund: '2013051500006' })],
  ['a signed rejection of another merchant', signed({ ret_code: '1004', oid_partner: '201103171000000001' })],
  ['HTTP status 500', signed(accepted), 500],
  ['HTTP status 201', signed(accepted), 201],
  ['HTTP status 302', signed(accepted), 302],
  ['nothing', ''],
  ['a page', '<html>busy</html>'],
  ['half a message', signed(accepted).slice(0, -20)],
  ['a list', '[]'],
  ['a message in a message', `{"ret_code":"0000","data":${signed(accepted)}}`],
  ['no code', signed(without('ret_code'))],
  ['an empty code', signed({ ...accepted, ret_code: '' })],
  ['a code of three digits', json({ ret_code: '000' })],
  ['a code of letters', json({ ret_code: 'FAIL' })],
  ['a code of zero as a number', json({ ret_code: new Raw('0') })],
  ['an unknown status', signed({ ...accepted, sta_refund: '4' })],
  ['an amount of three decimals', signed({ ...accepted, money_refund: '200.010' })],
  ['a date that never was', signed({ ...accepted, dt_refund: '20130229094018' })],
  ['a number that is too long', signed({ ...accepted, oid_refundno: '1'.repeat(17) })],
  ['a settlement date with a time', signed({ ...accepted, settle_date: '20130516000000' })],
  ['prose that is too long', signed({ ...accepted, ret_msg: '字'.repeat(101) })],
  ['& in a value', signed({ ...accepted, news: 'a&sta_refund=2' })],
  ['& in a key', signed({ ...accepted, 'a&b': 'c' })],
  ['= in a key', signed({ ...accepted, 'a=b': 'c' })],
  ['a field inside the ret_msg', signed({ ...accepted, ret_msg: 'a&sta_refund=1' })],
  ['a field x', signed({ ret_code: '1004', ret_msg: 'a&sta_refund=2' })],
  ['a 0000 in another encoding', json(accepted), 200, true],
  ['a 0000 in another encoding, signed', signed(accepted), 200, true],
  ['a signed rejection in another encoding', signed({ ret_code: '1008' }), 200, true],
  ['a signed rejection with a message in it', signed({ ret_code: '1008' }).replace('{', '{"a":{},'), 200],
  ['a signed rejection with HTTP status 403', signed({ ret_code: '1008' }), 403],
];

test.each([
  ['in another encoding', '{"ret_msg":"\xa3\x5c","ret_code":"1008"}', 200, true, /UTF-8.*1008/],
  ['under another HTTP status', json({ ret_code: '1008' }), 403, false, /status 403.*1008/],
  ['with a message in it', '{"ret_code": 1008, "data": {}}', 200, false, /flat JSON.*1008/],
  ['cut off', '{"ret_code":"1008","ret_msg":"a', 200, false, /flat JSON.*1008/],
  ['with a status', json({ ret_code: '1008', sta_refund: '1' }), 200, false, /status with the code 1008/],
  ['with an empty signature', '{"ret_code":"1008","sign":"","data":[]}', 200, false, /1008/],
])(
  'an unsigned rejection %s is in doubt, and its code is reported',
  async (_what, text, status, isGarbled, reason) => {
    expect(await read(text, status, isGarbled)).toEqual({
      type: 'in-doubt',
      reason: expect.stringMatching(reason),
      ret_code: '1008',
    });
  },
);

test.each(IN_DOUBT.map(([what, ...reply]) => ({ what, reply })))('$what is in doubt', async ({ reply }) => {
  const answer = await read(...reply);
  expect(answer).toEqual({ type: 'in-doubt', reason: expect.stringMatching(/\S/) });
});

test('a message whose signature allows another split of its fields is in doubt', async () => {
  const message = { ...accepted, rate_id: '7', sta_refund: '1' };
  const moved = signed(message)
    .replace('"rate_id":"7",', '')
    .replace('"no_refund":', '"rate_id":"7&ret_code=0000","x":');
  expect(await read(moved)).toMatchObject({ type: 'in-doubt' });
});

test('the reason quotes nothing of the answer', async () => {
  const answer = await read(signed({ ...accepted, sta_refund: 'secret' }));
  expect(JSON.stringify(answer)).not.toContain('secret');
  expect(answer).toMatchObject({ reason: expect.stringContaining('sta_refund') });
});
