import { familyOf } from '../../shared/runtime/allowed-ips.ts';
import { readConfig } from '../../shared/runtime/config.ts';

const listIn = (text: string) => readConfig({ NOTIFY_ALLOWED_IPS: text }, []).notifyAllowedIps;
const isAllowed = (text: string, address: string) => listIn(text)?.check(address, familyOf(address));

test.each([
  ['an address', '218.4.207.154', ['218.4.207.154'], ['218.4.207.153', '218.4.207.155']],
  ['addresses', '1.2.3.4,5.6.7.8', ['1.2.3.4', '5.6.7.8'], ['1.2.3.5']],
  ['spaces and a comma too many', ' 1.2.3.4 , 5.6.7.8 ,', ['1.2.3.4', '5.6.7.8'], ['0.0.0.0']],
  ...[',', '，', ';', '；', '、', ' ', '\n', '\r\n', '\t', '\u3000', '，\n', ' ; '].map(
    (separator): [string, string, string[], string[]] => [
      `entries separated by ${JSON.stringify(separator)}`,
      ['1.2.3.4', '2.0.0.0-9', '3.0.0.0/8'].join(separator),
      ['1.2.3.4', '2.0.0.9', '3.255.255.255'],
      ['1.2.3.5', '2.0.0.10', '4.0.0.0'],
    ],
  ),
  [
    'a range',
    '1.2.3.250-1.2.4.5',
    ['1.2.3.250', '1.2.3.255', '1.2.4.0', '1.2.4.5'],
    ['1.2.3.249', '1.2.4.6'],
  ],
  ['a range with spaces', '1.2.3.4 - 1.2.3.6', ['1.2.3.5'], ['1.2.3.7']],
  ['ranges with spaces, separated by spaces', '1.2.3.4 -6 5.6.7.8- 9', ['1.2.3.5', '5.6.7.9'], ['1.2.3.7']],
  ['a range of one', '1.2.3.4-1.2.3.4', ['1.2.3.4'], ['1.2.3.5']],
  [
    'a range as the gateway writes it',
    '218.4.207.154-158',
    ['218.4.207.154', '218.4.207.156', '218.4.207.158'],
    ['218.4.207.153', '218.4.207.159'],
  ],
  ['a network', '10.1.0.0/16', ['10.1.0.0', '10.1.255.255'], ['10.2.0.0', '10.0.255.255']],
  ['a network of one', '10.1.2.3/32', ['10.1.2.3'], ['10.1.2.2']],
  ['an address of IPv6', '2001:db8::1', ['2001:db8::1', '2001:0DB8:0:0::1'], ['2001:db8::2']],
  ['a range of IPv6', '2001:db8::1-2001:db8::ff', ['2001:db8::10'], ['2001:db8::100']],
  ['a network of IPv6', '2001:db8::/32', ['2001:db8:ffff::1'], ['2001:db9::1']],
  ['both families', '1.2.3.4,2001:db8::/32', ['1.2.3.4', '2001:db8::1'], ['1.2.3.5']],
  ['an address of IPv4 within IPv6', '1.2.3.4', ['::ffff:1.2.3.4'], ['::ffff:1.2.3.5']],
])('%s', (_what, text, inside, outside) => {
  for (const address of inside) expect([address, isAllowed(text, address)]).toEqual([address, true]);
  for (const address of [...outside, '', 'unknown']) {
    expect([address, isAllowed(text, address)]).toEqual([address, false]);
  }
});

/** The lists of the gateway's documents, for both products, copied literally. */
const documented = `218.4.207.154-158，112.80.55.210-214，223.112.79.242-246，115.238.110.126，115.236.98.22，211.140.27.205，
115.236.102.36，101.71.136.20，112.17.38.116，115.238.30.68，218.4.207.155-156，112.80.55.210-211，223.112.79.242-243，118.184.186.141，118.184.156.45`;

test("the list allows the gateway's documented addresses, and no neighbours of them", () => {
  const bytes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const ranges = [
    ...bytes(154, 158).map((byte) => `218.4.207.${byte}`),
    ...bytes(210, 214).map((byte) => `112.80.55.${byte}`),
    ...bytes(242, 246).map((byte) => `223.112.79.${byte}`),
  ];
  const single = documented.split(/[，\n]+/).filter((entry) => !entry.includes('-'));
  expect(single).toHaveLength(9);
  for (const address of [...ranges, ...single])
    expect([address, isAllowed(documented, address)]).toEqual([address, true]);
  const beside = [
    '218.4.207.153',
    '218.4.207.159',
    '112.80.55.209',
    '112.80.55.215',
    '223.112.79.241',
    '223.112.79.247',
  ];
  for (const address of beside) expect([address, isAllowed(documented, address)]).toEqual([address, false]);
});

test('without a list every address is allowed', () => {
  expect(listIn('')).toBeUndefined();
  expect(listIn('  ')).toBeUndefined();
});

test.each([
  'gateway.example',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.04',
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '1.2.3.4/',
  '1.2.3.4/8/8',
  '1.2.3.4/255.255.255.0',
  '2001:db8::/129',
  '1.2.3.9-1.2.3.4',
  '1.2.3.9-4',
  '1.2.3.4-256',
  '1.2.3.4-',
  '-1.2.3.4',
  '1.2.3.4-1.2.3.5-1.2.3.6',
  '1.2.3.4-2001:db8::1',
  '1.2.3.0/24-1.2.4.0/24',
  // The short form is for IPv4 only: here the end could be decimal or hexadecimal.
  '2001:db8::1-9',
  '2001:db8::a-9',
  '2001:db8::1-::zz',
  '1.2.3.4:80',
  '*',
  // Lines with leading dashes are a list, not ranges.
  '-5.6.7.8',
  '1.2.3.4|5.6.7.8',
])('%s is a fault, and the error names it', (entry) => {
  expect(() => listIn(entry)).toThrow(`'${entry}'`);
  for (const separator of [',', '\n'])
    expect(() => listIn(`1.1.1.1${separator}${entry}`)).toThrow(`NOTIFY_ALLOWED_IPS has '${entry}'`);
});

test.each([',', ' , ,', '，', '\n;'])('%j is a fault, since an empty list allows every address', (text) => {
  expect(() => listIn(text)).toThrow(/NOTIFY_ALLOWED_IPS/);
});
