import { InvalidRequest, NotAuthentic } from '../../shared/domain/errors.ts';
import { notificationReader } from '../../shared/gateway/notification-reader.ts';
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

const open = async (text: string) => {
  const message = await notificationReader(OID_PARTNER, gatewayAuthenticator()).read(text);
  return message.type === 'verified' ? message.message : message;
};

const without = (...left: string[]): Message =>
  Object.fromEntries(Object.entries(accepted).filter(([key]) => !left.includes(key)));

test('a signed notification is a verified message', async () => {
  const { oid_partner, ...expected } = accepted;
  const text = signed(accepted);
  expect(await open(text)).toEqual({ ...expected, packed: packText(text) });
});

test.each([
  ['without a code', without('ret_code', 'ret_msg'), { sta_refund: '1' }],
  ['without the amount', without('money_refund'), { money_refund: undefined, sta_refund: '1' }],
  ['without the status', without('sta_refund'), { sta_refund: undefined }],
  [
    'with numbers without quotes',
    { ...accepted, money_refund: new Raw('200.10') },
    { money_refund: '200.10' },
  ],
  ['with & in its prose', { ...accepted, ret_msg: 'a&b=c' }, { ret_msg: 'a&b=c' }],
] as [string, Message, object][])(
  'a signed notification %s is a verified message',
  async (_what, message, expected) => {
    expect(await open(signed(message))).toMatchObject({ no_refund: '2013051500005', ...expected });
  },
);

test.each([
  ['nothing', ''],
  ['a page', '<html></html>'],
  ['half a message', signed(accepted).slice(0, -9)],
  ['a list', `[${signed(accepted)}]`],
  ['a message in a message', `{"data":${signed(accepted)}}`],
  ['null', 'null'],
])('%s is an InvalidRequest', async (_what, text) => {
  await expect(open(text)).rejects.toBeInstanceOf(InvalidRequest);
});

const malformed = { ...accepted, sta_refund: '7', no_refund: '', 'a&b': 'c' };

test.each([
  ['no signature', json(accepted)],
  ['an empty signature', json({ ...accepted, sign: '' })],
  ["somebody else's signature", signed(accepted, untrusted.privateKey)],
  ['a changed amount', signed(accepted).replace('200.01', '900.01')],
  ['the MD5 way', signed({ ...accepted, sign_type: 'MD5' })],
  ['another merchant', signed({ ...accepted, oid_partner: '201103171000000001' })],
  ['no merchant', signed(without('oid_partner'))],
  ['an empty message', '{}'],
  // Without a valid signature for this merchant, the error says nothing about the forms of the fields.
  ['no signature and malformed fields', json(malformed)],
  ['another merchant and malformed fields', signed({ ...malformed, oid_partner: '1' })],
])('%s is NotAuthentic', async (_what, text) => {
  await expect(open(text)).rejects.toBeInstanceOf(NotAuthentic);
});

test.each([
  ['no number', without('no_refund'), ['no_refund']],
  ['an empty number', { ...accepted, no_refund: '' }, ['no_refund']],
  ['a number that is too long', { ...accepted, no_refund: 'x'.repeat(33) }, ['no_refund']],
  ['an unknown status', { ...accepted, sta_refund: '7' }, ['sta_refund']],
  ['an amount of three decimals', { ...accepted, money_refund: '200.010' }, ['money_refund']],
  ['an amount as an exponent', { ...accepted, money_refund: new Raw('2e2') }, ['money_refund']],
  ['a date that never was', { ...accepted, dt_refund: '20130229000000' }, ['dt_refund']],
  ['& in a value', { ...accepted, news: 'a&b' }, ['']],
  ['a field swallowed by the prose before it', { ...accepted, ret_msg: 'a&sta_refund=1' }, ['']],
  ['& in a key', { ...accepted, 'a&b': 'c' }, ['']],
  ['= in a key', { ...accepted, 'a=b': 'c' }, ['']],
  ['all of it', malformed, ['sta_refund', 'no_refund', '']],
] as [string, Message, string[]][])(
  'a signed message with %s is unreadable, and the error names its faults',
  async (_what, message, paths) => {
    const opened = await open(signed(message));
    expect(opened).toMatchObject({ type: 'unreadable', faults: paths.map((path) => ({ path })) });
  },
);

test('a signed message with fields moved into its ret_msg is rejected', async () => {
  const genuine = { ...accepted, settle_date: '20130516' };
  const moved = signed(genuine)
    .replace('"ret_msg":"交易成功"', '"ret_msg":"交易成功&settle_date=20130516&sign_type=RSA&sta_refund=1"')
    .replace('"sign_type":"RSA",', '')
    .replace(',"sta_refund":"1","settle_date":"20130516"', '');
  expect(Object.keys(JSON.parse(moved))).not.toContain('sta_refund');
  expect(await gatewayAuthenticator()(new Map(Object.entries(JSON.parse(moved))))).toBe(true);
  expect(await open(moved)).toMatchObject({ type: 'unreadable', faults: [{ path: '' }] });
});

test('an error of the key fetch is passed on', async () => {
  const inbox = notificationReader(OID_PARTNER, () => Promise.reject(new Error('out of reach')));
  await expect(inbox.read(signed(accepted))).rejects.toThrow('out of reach');
});
