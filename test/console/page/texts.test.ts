import { globSync, readFileSync } from 'node:fs';
import { ATTENTION, whatToDoIn } from '../../../console/page/texts/attention.ts';
import { BEHAVIOURS, behaviourIn } from '../../../console/page/texts/behaviours.ts';
import { EN } from '../../../console/page/texts/en.ts';
import { eventIn, TOLD_EVENTS } from '../../../console/page/texts/events.ts';
import { EXPLAINED, meaningOf } from '../../../console/page/texts/fields.ts';
import { filled } from '../../../console/page/texts/language.ts';
import { SENTENCES, sentenceIn } from '../../../console/page/texts/sentences.ts';
import { ZH } from '../../../console/page/texts/zh.ts';
import { behaviours, exampleOf } from '../../../sandbox/gateway/behaviours.ts';
import { bookText } from '../../../sandbox/gateway/events.ts';
import { WHAT_TO_DO } from '../../../shared/domain/refund-view.ts';
import { MESSAGE_FORMS } from '../../../shared/domain/verified-message.ts';
import { storyCodes } from './story-codes.ts';

const source = globSync('console/page/*.{ts,tsx}')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const pairs = Object.entries(EN).map(([key, en]): [string, string, string] => [
  key,
  en,
  ZH[key as keyof typeof EN],
]);

/** The same in both languages: names that aren't translated. */
const NAMES = ['openapi'];

const hasChinese = (text: string) => /\p{Script=Han}/u.test(text);

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('every text is there in both languages, and is written in its own', () => {
  expect(Object.keys(ZH)).toEqual(Object.keys(EN));
  for (const [key, en, zh] of pairs) {
    if (NAMES.includes(key)) expect(zh).toBe(en);
    // The button to the other language is written in that one.
    else
      expect([key, hasChinese(en), hasChinese(zh)]).toEqual([
        key,
        key === 'otherLanguage',
        key !== 'otherLanguage',
      ]);
  }
});

test('both languages have the same places for values, and the page fills each of them', () => {
  for (const [key, en, zh] of pairs) {
    expect([key, placeholders(zh)]).toEqual([key, placeholders(en)]);
    expect(`${en}${zh}`.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    if (placeholders(en).length === 0) continue;
    const uses = [
      ...source.matchAll(new RegExp(String.raw`(filled\()?texts\.${key}\b(?:,\s+(\w+\)|\{[^]*?\}\)))?`, 'g')),
    ];
    expect([key, uses.length > 0]).toEqual([key, true]);
    for (const [, isFilled, values = ''] of uses) {
      expect([key, Boolean(isFilled)]).toEqual([key, true]);
      const given = /^\w+[,)]/.test(values) ? valuesOf(values.match(/^\w+/)?.[0] ?? '') : values;
      for (const name of placeholders(en))
        expect([key, given]).toEqual([key, expect.stringMatching(`\\b${name}\\b`)]);
    }
  }
});

/** What a variable of the page's source is set to. */
const valuesOf = (name: string) =>
  source.match(new RegExp(String.raw`const ${name} = (\{[^}]*\})`))?.[1] ?? '';

test('every text is used by the page', () => {
  const used = (key: string) => new RegExp(String.raw`\btexts\.${key}\b|'${key}'`).test(source);
  expect(Object.keys(EN).filter((key) => !used(key))).toEqual([]);
});

test('values are put into their places, and nothing else is changed', () => {
  expect(filled('from {from} to {to}, {from}', { from: 1, to: '$&{from}' })).toBe('from 1 to $&{from}, 1');
  expect(filled('{unknown}', {})).toBe('');
});

test('each code that a story can have, and no other, has a Chinese sentence', () => {
  expect(Object.keys(SENTENCES).sort()).toEqual(storyCodes());
  for (const sentence of Object.values(SENTENCES)) expect(hasChinese(sentence)).toBe(true);
  expect(sentenceIn('zh', 'refund.created', 'a')).toBe(SENTENCES['refund.created']);
  expect(sentenceIn('en', 'refund.created', 'a')).toBe('a');
  expect(sentenceIn('zh', 'constructor', 'of a later release')).toBe('of a later release');
});

test('each behaviour of the sandbox, and no other, has a Chinese sentence', () => {
  const beginnings = behaviours.map(({ prefix }) => prefix).filter(Boolean);
  expect(Object.keys(BEHAVIOURS)).toEqual(beginnings);
  for (const sentence of Object.values(BEHAVIOURS)) expect(hasChinese(sentence)).toBe(true);
  const lost = { beginning: 'lost-', example: 'lost-', text: 'a' };
  expect(behaviourIn('zh', lost)).toBe(BEHAVIOURS['lost-']);
  expect(behaviourIn('en', lost)).toBe('a');
  expect(behaviourIn('zh', { ...lost, beginning: 'of-a-later-release-' })).toBe('a');
});

test('every behaviour is told with the digits of its button, in both languages', () => {
  for (const behaviour of behaviours.filter(({ prefix }) => prefix)) {
    const told = { beginning: behaviour.prefix, example: exampleOf(behaviour), text: behaviour.does };
    const digits = /\d{3,4}/.exec(told.example)?.[0] ?? '';
    expect(/NNN/.test(told.beginning)).toBe(digits !== '');
    for (const language of ['en', 'zh'] as const) {
      const text = behaviourIn(language, told);
      expect([told.beginning, text]).toEqual([told.beginning, expect.stringContaining(digits)]);
      expect(text).not.toContain('NNN');
    }
  }
});

test('a behaviour is told with the digits that it has, three or four', () => {
  const code = {
    beginning: 'code-NNNN-',
    example: 'code-5006-',
    text: 'every request is answered with NNNN.',
  };
  expect(behaviourIn('en', code)).toBe('every request is answered with 5006.');
  expect(behaviourIn('zh', code)).toContain('返回码 5006 应答');
  expect(behaviourIn('en', { beginning: 'http-NNN-', example: 'http-500-', text: 'status NNN' })).toBe(
    'status 500',
  );
});

test('what needs attention, and no other, has a Chinese sentence', () => {
  expect(Object.keys(ATTENTION).sort()).toEqual(Object.keys(WHAT_TO_DO).sort());
  for (const sentence of Object.values(ATTENTION)) expect(hasChinese(sentence)).toBe(true);
  expect(whatToDoIn('zh', 'denied', 'a')).toBe(ATTENTION.denied);
  expect(whatToDoIn('en', 'denied', 'a')).toBe('a');
});

test('each event of the gateway is told in Chinese with what it says, and in English to the letter', () => {
  const gateway = readFileSync('sandbox/gateway/events.ts', 'utf8');
  const types = [...gateway.matchAll(/case '([\w-]+)':/g)].map(([, type]) => type);
  expect([...TOLD_EVENTS].sort()).toEqual([...new Set(types)].sort());
  const booked = { type: 'booked', text: 'books 1.00 CNY as 2026112600000001' };
  expect(eventIn('en', booked)).toBe(booked.text);
  expect(eventIn('zh', booked)).toBe('记账 1.00 元，单号 2026112600000001');
  expect(
    eventIn('zh', {
      type: 'request-received',
      text: 'receives the signed request at /refund.htm: the first',
    }),
  ).toBe('收到 /refund.htm 的签名请求: the first');
  expect(eventIn('zh', { type: 'of-a-later-release', text: 'a' })).toBe('a');
});

/** What a Chinese sentence has to have of each event: all that its values say. */
const EVENTS: [event: Parameters<typeof bookText>[0], values: string[]][] = (() => {
  const is = { no_refund: 'r-1', at: new Date(0) };
  const url = 'http://127.0.0.1:3000/notifications';
  const fields = { ret_code: '0000', sta_refund: '2', sign: 's' };
  return [
    [{ ...is, type: 'request-received', path: '/refund.htm', fields }, ['/refund.htm']],
    [{ ...is, type: 'behaviour-misspelt', meant: 'code-NNNN-' }, ['code-NNNN-']],
    [{ ...is, type: 'booked', oid_refundno: '2026', money_refund: '2.50' }, ['2026', '2.50']],
    [{ ...is, type: 'status-changed', from: '1', to: '2' }, ['1', '2']],
    [{ ...is, type: 'answered', httpStatus: 500, fields }, ['HTTP 500', '0000', '2']],
    [{ ...is, type: 'unanswered', reason: 'lost' }, []],
    [{ ...is, type: 'notification-sent', url, attempt: 1, fields }, ['2']],
    [{ ...is, type: 'notification-acknowledged', url, attempt: 1 }, []],
    [{ ...is, type: 'notification-unacknowledged', url, attempt: 1, reason: 'HTTP 503' }, ['HTTP 503']],
    [{ ...is, type: 'notification-withheld', url }, [url]],
    [{ ...is, type: 'notification-omitted', status: '3' }, ['3']],
  ];
})();

test('each event that the gateway tells is understood, and its values come through', () => {
  expect(EVENTS.map(([{ type }]) => type).sort()).toEqual([...TOLD_EVENTS].sort());
  for (const [event, values] of EVENTS) {
    const told = { type: event.type, text: bookText(event) };
    const chinese = eventIn('zh', told);
    expect([event.type, hasChinese(chinese)]).toEqual([event.type, true]);
    expect(chinese).not.toMatch(/\$\d|undefined/);
    for (const value of values)
      expect([event.type, chinese]).toEqual([event.type, expect.stringContaining(value)]);
    expect(eventIn('en', told)).toBe(told.text);
  }
});

test('each field that a message of the gateway may have is explained in both languages', () => {
  expect([...EXPLAINED].sort()).toEqual([...Object.keys(MESSAGE_FORMS), 'sign', 'sign_type'].sort());
  for (const name of EXPLAINED) {
    expect(meaningOf('en', name)).toMatch(/\w/);
    expect(hasChinese(meaningOf('zh', name))).toBe(true);
  }
  expect(meaningOf('en', 'constructor')).toBe('');
});
