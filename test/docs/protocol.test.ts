import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MAX_RESENDABLE_WAIT_MS } from '../../shared/app/schedule.ts';
import { TRANSITIONS } from '../../shared/app/transitions.ts';
import { asCode, codesIn, line, tableOf } from './tables.ts';

const page = 'docs/protocol.md';

interface Declared {
  from?: readonly string[];
  to?: string;
  sets: readonly string[];
  counts?: readonly string[];
}

const transitions = Object.entries<Declared & Partial<Record<string, unknown>>>(TRANSITIONS);

const sources = globSync('shared/**/*.ts')
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file !== 'shared/app/transitions.ts')
  .sort()
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

const filesThatUse = (name: string) =>
  sources.filter(({ text }) => text.includes(`'${name}'`)).map(({ file }) => file);

const isStatus = (text: string) => /^[A-Z]+$/.test(text);

function fromOf({ from, to }: Declared): string {
  if (from) return asCode(from);
  return to ? 'any lower status' : 'any';
}

function mustHold(declared: Partial<Record<string, unknown>>): string {
  const conditions = ['unchanged', 'absent', 'agrees', 'adds'] as const;
  return conditions
    .filter((condition) => declared[condition])
    .map((condition) => `${condition}: ${asCode(declared[condition] as string[])}`)
    .join('; ');
}

test('every write that changes a record is in the table, as the code declares it', () => {
  const expected = transitions.map(([name, declared]) => {
    const { to = '' } = declared;
    const links = filesThatUse(name).map((file) => `[${basename(file)}](../${file})`);
    return line([
      `\`${name}\``,
      fromOf(declared),
      isStatus(to) ? asCode([to]) : to,
      mustHold(declared),
      asCode(declared.sets),
      asCode(declared.counts),
      links.join(', '),
    ]);
  });
  const rows = tableOf(page, 'Transition', 'From', 'To').map((row) => line(Object.values(row)));
  if (rows.join('\n') !== expected.join('\n'))
    throw new Error(`The table of transitions in ${page} must have these rows:\n\n${expected.join('\n')}\n`);
});

test.each(transitions)('%s is written by one file, which its row names', (name) => {
  expect(filesThatUse(name)).toHaveLength(1);
});

const events = tableOf(page, 'The record', 'The event');

test('the table of states and events names every transition, and no other', () => {
  const named = new Set(events.flatMap(({ Transitions }) => codesIn(Transitions)));
  expect([...named].sort()).toEqual(transitions.map(([name]) => name).sort());
});

test.each(events.map((row) => [row['The record'], row['The event'], row.File ?? ''] as const))(
  'record %s, event %s: the file to open is one of shared/app',
  (_record, _event, link) => {
    const [, file = ''] = /\]\(\.\.\/(shared\/app\/[\w/.-]+\.ts)\)$/.exec(link) ?? [];
    expect(sources.map((source) => source.file)).toContain(file);
  },
);

test('the table of states and events has only statuses and fields that the code knows', () => {
  const known = sources.map(({ text }) => text).join('\n');
  const words = events.flatMap((row) => [row['The record'], row['What happens']].flatMap(codesIn));
  expect(words.length).toBeGreaterThan(15);
  for (const word of words) expect(known).toMatch(new RegExp(`\\b${word}\\b`));
});

test('the page has the longest wait of a refund that may be sent again', () => {
  expect(readFileSync(page, 'utf8')).toContain(`at most ${MAX_RESENDABLE_WAIT_MS / 60_000} minutes`);
});
