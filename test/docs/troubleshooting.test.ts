import { readFileSync } from 'node:fs';
import { DECISIONS } from '../../shared/app/decisions.ts';
import * as errors from '../../shared/domain/errors.ts';
import { WHAT_TO_DO } from '../../shared/domain/refund-view.ts';
import {
  classOfCode,
  isNotFoundCode,
  reasonOfCode,
  rejectsService,
} from '../../shared/domain/return-codes.ts';
import { codesIn, type Row, tableOf } from './tables.ts';

const page = 'docs/troubleshooting.md';
const text = readFileSync(page, 'utf8');

const documented = Array.from({ length: 10_000 }, (_, code) => String(code).padStart(4, '0')).filter(
  (code) => reasonOfCode(code) !== reasonOfCode('none'),
);

const rows = tableOf(page, 'Codes', 'Class').flatMap(({ Codes, Class, 'What they mean': says = '' }) => {
  const meanings = says.split('; ');
  const codes = codesIn(Codes);
  expect(meanings).toHaveLength(codes.length);
  return codes.map((code, index) => ({ code, class: Class, says: meanings[index] }));
});

test('every return code of an application has its place, with its class and its meaning', () => {
  const expected = documented
    .filter((code) => code !== '0000')
    .map((code) => ({ code, class: classOfCode(code), says: reasonOfCode(code) }));
  expect(expected.length).toBeGreaterThan(50);
  const byCode = (a: { code: string }, b: { code: string }) => a.code.localeCompare(b.code);
  expect(rows.sort(byCode)).toEqual(expected.sort(byCode));
});

test('each class is told', () => {
  const classes = tableOf(page, 'Class', 'What the service does').map((row) => row.Class);
  expect(classes.sort()).toEqual([...new Set(rows.map((row) => row.class))].sort());
});

/** The codes of a sentence. */
const codesOf = (sentence: RegExp) =>
  codesIn(sentence.exec(text)?.[0]).filter((code) => /^\d{4}$/.test(code));

test('the codes of a "not found", and those that stop every refund, are those of the service', () => {
  expect(codesOf(/A query is answered with.*?\. It may/).sort()).toEqual(documented.filter(isNotFoundCode));
  expect(codesOf(/No refund at all.*?sounds\./).sort()).toEqual(documented.filter(rejectsService));
});

test('every value of needs_attention has its row', () => {
  const values = tableOf(page, 'Value', 'What has happened').flatMap(({ Value }) => codesIn(Value));
  expect(values.sort()).toEqual(Object.keys(WHAT_TO_DO).sort());
});

test('every error is met', () => {
  const names = Object.keys(errors).filter((name) => name !== 'RefundError');
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('every alarm, log line and setting that it names is there', () => {
  const codes = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const alarms = codes.filter((code) => code.endsWith('Alarm'));
  const lines = codes.filter((code) => /^[a-z]+\.[a-z_]+$/.test(code));
  const settings = codes.filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code) && code !== 'NOTIFY_URL');
  for (const found of [alarms, lines, settings]) expect(found.length).toBeGreaterThan(1);
  const monitoring = readFileSync('monitoring.yml', 'utf8');
  expect(alarms.filter((alarm) => !monitoring.includes(`${alarm}:`))).toEqual([]);
  expect(lines.filter((code) => !Object.hasOwn(DECISIONS, code))).toEqual([]);
  const settingsPage = readFileSync('docs/settings.md', 'utf8');
  expect(settings.filter((name) => !settingsPage.includes(`\`${name}\``))).toEqual([]);
});

test('no row advises a new number but with a condition', () => {
  const advice = text
    .split('\n')
    .filter((row) => row.startsWith('|'))
    .flatMap((row) => row.split('|').filter((cell) => /\b(another|new) number/.test(cell)));
  expect(advice.length).toBeGreaterThan(5);
  const isGuarded = (cell: string) =>
    /LianLian has confirmed|only then|before that|second payment|number of its own|whole rule/.test(cell);
  const isWarning = (cell: string) =>
    /^ ?(a new number|start it anew|change `status`|the same)/.test(cell.trim());
  expect(advice.filter((cell) => !isGuarded(cell) && !isWarning(cell))).toEqual([]);
});

test('no code that is in doubt or a duplicate offers another way, but to forbid it', () => {
  const isOpen = (row: Row) => row.Class === 'in-doubt' || row.Class === 'duplicate';
  const told = [...tableOf(page, 'Class'), ...tableOf(page, 'Codes', 'Class')].filter(isOpen);
  expect(told.length).toBeGreaterThan(9);
  const clauses = told.flatMap((row) => Object.values(row).flatMap((cell) => cell.split(/[.:;]/)));
  const isOffer = (clause: string) => /another way|another number|new number/i.test(clause);
  const isForbidden = (clause: string) => /\b(not|never|don't)\b/i.test(clause);
  expect(clauses.filter((clause) => isOffer(clause) && !isForbidden(clause))).toEqual([]);
});
