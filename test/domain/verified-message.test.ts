import {
  decisiveFields,
  faultsOfMessage,
  readMessage,
  statusIn,
  type VerifiedMessage,
} from '../../shared/domain/verified-message.ts';

const message: Record<Exclude<keyof VerifiedMessage, 'packed'> | 'oid_partner', string> = {
  oid_partner: '201103171000000000',
  no_refund: '2013051500005',
  dt_refund: '20130515094018',
  money_refund: '200.01',
  oid_refundno: '2013051613121209',
  sta_refund: '2',
  settle_date: '20130516',
  money_foreign_refund: '30.03',
  rate_id: 'R-1',
  rate: '6.66',
  exchange_bankcode: 'BOC',
  ret_code: '0000',
  ret_msg: '交易成功',
};

const fields = (of: Record<string, string>) => new Map(Object.entries(of));
const pathsOf = (of: Record<string, string>) => faultsOfMessage(fields(of)).map(({ path }) => path);

test('a message in its documented form has no fault', () => {
  expect(pathsOf(message)).toEqual([]);
});

test('each field may be missing or empty', () => {
  expect(pathsOf({})).toEqual([]);
  expect(pathsOf(Object.fromEntries(Object.keys(message).map((field) => [field, ''])))).toEqual([]);
});

test.each([
  ['sta_refund', '4'],
  ['sta_refund', '02'],
  ['sta_refund', 'SUCCESS'],
  ['money_refund', '200.001'],
  ['money_refund', '0.00'],
  ['money_refund', '100000000.01'],
  ['money_refund', '-200.01'],
  ['money_refund', '2e2'],
  ['money_refund', '1000000000000'],
  ['dt_refund', '20130229094018'],
  ['dt_refund', '20130515'],
  ['settle_date', '20130431'],
  ['settle_date', '20130516000000'],
  ['oid_refundno', '20130516131212091'],
  ['oid_refundno', 'a b'],
  ['oid_partner', '2011031710000000001'],
  ['no_refund', 'x'.repeat(33)],
  ['no_refund', 'a\u0000b'],
  ['ret_code', '000'],
  ['ret_code', '00000'],
  ['ret_msg', '字'.repeat(101)],
  ['money_foreign_refund', '30,03'],
  ['money_foreign_refund', '1234567890123'],
  ['rate', 'six'],
  ['rate', '1.'],
  ['rate_id', 'a b'],
  ['exchange_bankcode', '\u4e2d'],
])('%s %j is not its documented form', (field, text) => {
  expect(pathsOf({ ...message, [field]: text })).toEqual([field]);
});

test.each([
  ['sta_refund', '0'],
  ['money_refund', '200.1'],
  ['no_refund', 'x'.repeat(32)],
  ['no_refund', '退款 1'],
  ['ret_msg', '字'.repeat(100)],
  ['ret_msg', 'a & b = c'],
  ['oid_refundno', '2'.repeat(16)],
  ['oid_partner', '2'.repeat(18)],
  ['rate', '6'.repeat(99)],
  ['rate_id', 'x'.repeat(99)],
])('%s %j is a documented form', (field, text) => {
  expect(pathsOf({ ...message, [field]: text })).toEqual([]);
});

test('all faults are reported at once', () => {
  expect(pathsOf({ sta_refund: '9', money_refund: 'x', settle_date: '0' }).sort()).toEqual([
    'money_refund',
    'settle_date',
    'sta_refund',
  ]);
});

test('an unknown field is ignored', () => {
  expect(pathsOf({ ...message, news: '\u0000'.repeat(1000) })).toEqual([]);
});

test('a verified message has every known field, and no other', () => {
  const { oid_partner, ...known } = message;
  expect(readMessage('2013051500005', fields({ ...message, news: 'x', sign: 'x' }))).toEqual(known);
});

test.each(['rate', 'rate_id', 'exchange_bankcode'])(
  'a %s that is too long for the record is dropped',
  (field) => {
    expect(readMessage('1', fields({ [field]: '6'.repeat(33) }))).toMatchObject({ [field]: undefined });
    expect(readMessage('1', fields({ [field]: '6'.repeat(32) }))).toMatchObject({ [field]: '6'.repeat(32) });
  },
);

test('an amount is stored in its normal form', () => {
  expect(readMessage('1', fields({ money_refund: '200.1' })).money_refund).toBe('200.10');
});

test('an empty field counts as missing', () => {
  const said = readMessage('1', fields({ money_refund: '', sta_refund: '', dt_refund: '', ret_code: '' }));
  expect(said.money_refund).toBeUndefined();
  expect(said.sta_refund).toBeUndefined();
  expect(said.dt_refund).toBeUndefined();
  expect(said.ret_code).toBeUndefined();
});

const enough: VerifiedMessage = { no_refund: '1', money_refund: '200.01', sta_refund: '2' };

test.each([
  ['amount and status', enough, 'SUCCEEDED'],
  ['with 0000', { ...enough, ret_code: '0000' }, 'SUCCEEDED'],
  ['failed', { ...enough, sta_refund: '3' }, 'FAILED'],
  ['no amount', { ...enough, money_refund: undefined }, undefined],
  ['no status', { ...enough, sta_refund: undefined }, undefined],
  ['another code', { ...enough, ret_code: '9999' }, undefined],
] as [string, VerifiedMessage, string | undefined][])('%s: it says %s', (_what, said, status) => {
  expect(statusIn(said)).toBe(status);
});

test('the decisive fields of a conflicting message are recorded', () => {
  expect(decisiveFields(readMessage('2013051500005', fields(message)))).toEqual({
    sta_refund: '2',
    money_refund: '200.01',
    dt_refund: '20130515094018',
    oid_refundno: '2013051613121209',
    ret_code: '0000',
  });
});
