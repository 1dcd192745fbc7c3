import { globSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import aslValidator from 'asl-validator';
import { parse } from 'yaml';
import { resourcesOf, rulesOf } from '../support/event-rules.ts';
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
  expect(targets.map(({ deadLetters }) => deadLetters)).toEqual(
    Array(3).fill('!GetAtt UndeliveredEvents.Arn'),
  );
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

test('every rule is on the bus that the parameter names', () => {
  expect(rulesOf(rulesFile).map(({ bus }) => bus)).toEqual(Array(2).fill('!Ref EventBusName'));
});

interface Policy {
  PolicyDocument: { Statement: object[] };
}

interface PolicyProperties extends Policy {
  Topics?: string[];
  Queues?: string[];
  Policies: Policy[];
}

const resources = resourcesOf<PolicyProperties>(rulesFile);

test.each([
  {
    name: 'RefundsTopicPolicy',
    of: 'Topics',
    ref: '!Ref RefundsTopic',
    Resource: '!Ref RefundsTopic',
    Action: 'sns:Publish',
  },
  {
    name: 'UndeliveredEventsPolicy',
    of: 'Queues',
    ref: '!Ref UndeliveredEvents',
    Resource: '!GetAtt UndeliveredEvents.Arn',
    Action: 'sqs:SendMessage',
  },
] as const)('$name lets the rules in, all of them and nobody else', ({ name, of, ref, Resource, Action }) => {
  const properties = resources[name]?.Properties;
  expect(properties?.[of]).toEqual([ref]);
  const arns = rulesOf(rulesFile).map((rule) => `!GetAtt ${rule.name}.Arn`);
  const statements = properties?.PolicyDocument.Statement;
  expect(statements).toEqual([
    {
      ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action, Resource },
      Condition: { ArnEquals: { 'aws:SourceArn': expect.arrayContaining(arns) } },
    },
  ]);
  expect(
    JSON.stringify(statements)
      .match(/!GetAtt \w+Rule\.Arn/g)
      ?.sort(),
  ).toEqual(arns);
});

test('the role may call Slack and nothing else', () => {
  const policies = resources.SlackRole?.Properties.Policies ?? [];
  expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
    { Effect: 'Allow', Action: 'events:InvokeApiDestination', Resource: '!GetAtt SlackDestination.Arn' },
  ]);
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

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  TimeoutSeconds?: number;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Choices?: { Variable: string; StringEquals?: string; Next: string }[];
}

const statesOf = (file: string): Record<string, State> =>
  parse(readFileSync(file, 'utf8'), { merge: true }).States;
const states = statesOf('docs/calling/with-refunds.asl.yml');

test('the money goes another way after RefundFailed alone', () => {
  const ways = Object.entries(states).flatMap(([name, { Next, Default, Catch = [], Choices = [] }]) => [
    { name, on: 'Next', to: Next },
    { name, on: 'Default', to: Default },
    ...Catch.flatMap((it) => it.ErrorEquals.map((on) => ({ name, on, to: it.Next }))),
    // What it compares is a part of it: only a plain comparison of the error's name is told by its value.
    ...Choices.map(({ Next: to, StringEquals: on, ...rest }) => ({ name, on, to, rest })),
  ]);
  expect(ways.filter(({ to }) => to === 'PayBackAnotherWay')).toEqual([
    {
      name: 'JudgeCause',
      on: 'RefundFailed',
      to: 'PayBackAnotherWay',
      rest: { Variable: '$.execution.told.Error' },
    },
    { name: 'ApplyAndWait', on: 'RefundFailed', to: 'PayBackAnotherWay' },
  ]);
  expect(states.JudgeCause?.Default).toBe('AskSomebody');
  const others = ways.filter(({ on }) => on === 'States.ALL').map(({ to }) => to);
  expect(others).toEqual(['AskSomebody']);
});

test('a task that waits for its token waits a day, not a year', () => {
  expect(states.ApplyAndWait?.TimeoutSeconds).toBe(86_400);
});

test("what the service's own state machine repeats, this one repeats", () => {
  const own = statesOf('state-machines/refund.asl.yml').ApplyRefund?.Retry ?? [];
  const names = own.flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(names.length).toBeGreaterThan(9);
  const repeated = states.ApplyAndWait?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
  expect(repeated.sort()).toEqual(names.sort());
});

test.each([
  ['curl.sh', /--max-time (\d+)/g],
  ['refund.py', /\btimeout=(\d+)/g],
  ['RefundClient.java', /\.timeout\(Duration\.ofSeconds\((\d+)\)\)/g],
])('%s waits longer than the 30 seconds of API Gateway', (file, pattern) => {
  const waits = [...readFileSync(`docs/calling/${file}`, 'utf8').matchAll(pattern)];
  expect(waits.map(([, seconds]) => Number(seconds) > 30)).toEqual([true]);
});

test('invoke.sh says that nothing was sent after those errors alone of which that is sure', () => {
  const sample = readFileSync('docs/calling/invoke.sh', 'utf8');
  const names = [...sample.matchAll(/^ *(.*)\) echo 'Nothing was sent/gm)].map(([, errors]) => errors);
  expect(names).toEqual(['InvalidRequest | PayloadTooLarge | RefundNotFound']);
});

test('whatever of the page speaks of a new number says that it is a second payment, or says not to', () => {
  const told = page.split(/[.:;|\n]/).filter((clause) => /\b(another|new|fresh) number/.test(clause));
  expect(told.length).toBeGreaterThan(6);
  const isWarning = (clause: string) => /second payment|isn't a repetition|\b(never|not)\b/i.test(clause);
  expect(told.filter((clause) => !isWarning(clause))).toEqual([]);
});
