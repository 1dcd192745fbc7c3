import { globSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import aslValidator from 'asl-validator';
import { parse } from 'yaml';
import { rulesOf } from '../support/event-rules.ts';
import { faultsOf, validateEvent } from '../support/openapi.ts';

const page = readFileSync('docs/calling.md', 'utf8');
const files = globSync('docs/calling/*').sort();

const LANGUAGES: Record<string, string> = {
  '.sh': 'sh',
  '.mts': 'ts',
  '.py': 'python',
  '.java': 'java',
  '.yml': 'yaml',
  '.json': 'json',
};

test('there are samples', () => {
  expect(files.length).toBeGreaterThan(6);
});

test.each(files)('the page shows %s as it is, and links to it', (file) => {
  const block = `\n\`\`\`${LANGUAGES[extname(file)]}\n${readFileSync(file, 'utf8')}\`\`\`\n`;
  expect(page).toContain(block);
  expect(page).toContain(`](calling/${basename(file)})`);
});

test('every block of the page that has a language is one of these files', () => {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, , code = '']) => code);
  const shown = files.map((file) => readFileSync(file, 'utf8'));
  expect(blocks.filter((code) => !shown.includes(code))).toEqual([]);
});

test('the event is one of the published schema', () => {
  const event = JSON.parse(readFileSync('docs/calling/event.json', 'utf8'));
  // EventBridge's own time has whole seconds, and the service's times have milliseconds.
  expect(event.time).toMatch(/:\d\dZ$/);
  const time = event.time.replace('Z', '.000Z');
  expect(faultsOf(validateEvent, { ...event, time })).toEqual([]);
});

const rulesFile = 'docs/calling/event-rules.yml';

test('CloudFormation knows no aliases: the rules have none', () => {
  expect(readFileSync(rulesFile, 'utf8')).not.toMatch(/[:\s-] [&*]\w|<<:/);
});

test('what no target took is kept, whatever the rule', () => {
  const targets = rulesOf(rulesFile).flatMap((rule) => rule.targets);
  expect(targets.map(({ deadLetters }) => deadLetters)).toEqual(Array(3).fill('UndeliveredEvents.Arn'));
});

test('the rules take no event of another source or kind', () => {
  const event = JSON.parse(readFileSync('docs/calling/event.json', 'utf8'));
  const attention = { ...event, detail: { ...event.detail, needs_attention: 'conflict' } };
  for (const rule of rulesOf(rulesFile)) {
    expect(rule.takes(attention)).toBe(true);
    expect(rule.takes({ ...attention, source: 'aws.events' })).toBe(false);
    expect(rule.takes({ ...attention, 'detail-type': 'Another' })).toBe(false);
    expect(rule.takes({ ...attention, detail: { status: 'PROCESSING' } })).toBe(false);
  }
});

test('the state machine is valid', () => {
  const text = readFileSync('docs/calling/with-refunds.asl.yml', 'utf8');
  const arn = (kind: string) => `arn:aws:${kind}:ap-east-1:123456789012`;
  const substitutions: Record<string, string> = {
    RefundStateMachineArn: `${arn('states')}:stateMachine:RefundStateMachine`,
    ApplyRefundFunction: `${arn('lambda')}:function:lianlian-refunds-dev-apply-refund`,
  };
  const filled = text.replace(/^[^#\n]*\$\{(\w+)\}/gm, (line, name) =>
    line.replace(`\${${name}}`, substitutions[name] ?? ''),
  );
  const { isValid, errorsText } = aslValidator(parse(filled));
  expect(isValid ? '' : errorsText('\n')).toBe('');
  expect(filled.replace(/^#.*$/gm, '')).not.toMatch(/\$\{/);
});
