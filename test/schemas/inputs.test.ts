import fc from 'fast-check';
import { InvalidRequest, type Issue } from '../../shared/domain/errors.ts';
import { LIST_FORMS, readListRequest, SELECTORS } from '../../shared/domain/list-request.ts';
import { readRefundRequest } from '../../shared/domain/refund-request.ts';
import { REFUND_FORMS } from '../../shared/domain/request-forms.ts';
import type { TextForm } from '../../shared/domain/text-forms.ts';
import { complete, defaults } from '../domain/valid-request.ts';
import { faultsOf, published, validatorOf } from '../support/openapi.ts';

const isApplication = validatorOf({ $ref: '#/components/schemas/Application' });

function issuesOf(input: unknown): Issue[] {
  try {
    readRefundRequest('refund', input, defaults);
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return (error.details as { issues: Issue[] }).issues;
    throw error;
  }
}

const forms: Record<string, TextForm> = REFUND_FORMS;

/** What a pattern can't tell: the schema accepts more there. The configured merchant is known to the service alone. */
const isBeyondPatterns = ({ path, message }: Issue) =>
  (forms[path]?.holds !== undefined || path === 'oid_partner') && message === forms[path]?.otherwise;

/** Texts around the limits of every form. */
const texts = fc.oneof(
  ...Object.values(complete).map((text) => fc.constant(text)),
  ...[
    '',
    '0',
    '0.00',
    '200.1',
    '100000000.01',
    '20240230000000',
    'a b',
    'a&b',
    '退款',
    '😀',
    'a\n',
    '\ud800',
  ].map((text) => fc.constant(text)),
  fc
    .constantFrom(1, 17, 18, 19, 32, 33, 64, 65, 128, 129, 200, 201, 2048, 2049)
    .map((length) => 'x'.repeat(length)),
  fc.constantFrom(32, 33, 64, 65, 200, 201, 2048, 2049).map((length) => '款'.repeat(length)),
  fc.constantFrom(32, 64, 65, 200, 201, 2048, 2049).map((length) => '😀'.repeat(length)),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^\d{1,3}\.\d{1,3}$/),
);

const values = fc.oneof({ weight: 6, arbitrary: texts }, { weight: 1, arbitrary: fc.jsonValue() });

const names = [...Object.keys(REFUND_FORMS), 'page', 'toString'];

/** A right application with a few fields changed or left out, so that one fault doesn't hide another. */
const applications = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3, noNullPrototype: true }),
    fc.subarray(Object.keys(complete), { maxLength: 4 }),
  )
  .map(([changed, left]) => {
    const kept = Object.entries(complete).filter(([name]) => !left.includes(name));
    return { ...Object.fromEntries(kept), ...changed };
  });

const runs = { numRuns: 2_000 };

test('an application that the schema refuses, the service refuses', () => {
  fc.assert(
    fc.property(applications, (input) => isApplication(input) || issuesOf(input).length > 0),
    runs,
  );
});

test('an application that the schema accepts, the service accepts but for what no pattern can tell', () => {
  let accepted = 0;
  fc.assert(
    fc.property(applications, (input) => {
      if (!isApplication(input)) return;
      accepted += 1;
      const others = issuesOf(input).filter((issue) => !isBeyondPatterns(issue));
      expect(others).toEqual([]);
    }),
    runs,
  );
  expect(accepted).toBeGreaterThan(200);
});

test.each(Object.keys(REFUND_FORMS))('%s alone: schema and form agree on every text', (name) => {
  const { pattern } = REFUND_FORMS[name as keyof typeof REFUND_FORMS];
  const schema = validatorOf({ $ref: `#/components/schemas/Application/properties/${name}` });
  fc.assert(
    fc.property(texts, (text) => schema(text) === pattern.test(text)),
    runs,
  );
});

test.each([
  ['null', null],
  ['a list', []],
  ['a text', 'x'],
])('%s is no application', (_what, input) => {
  expect(isApplication(input)).toBe(false);
  expect(issuesOf(input)).toHaveLength(1);
});

const parameters = published.paths['/refunds']?.get?.parameters ?? [];

/** The value of a query's parameter as its schema sees it: numbers and booleans are written as JSON has them. */
function asValue(schema: object, text: string): unknown {
  const isText = 'type' in schema && schema.type === 'string';
  if (isText || !/^(true|false|[1-9]\d*)$/.test(text)) return text;
  return JSON.parse(text);
}

test('the parameters of a list are those that the service knows', () => {
  expect(parameters.map(({ name }) => name)).toEqual(Object.keys(LIST_FORMS));
  for (const selector of SELECTORS) expect(published.paths['/refunds']?.get?.description).toContain(selector);
});

test.each(parameters)('$name: schema and service agree on every text', ({ name, schema }) => {
  const validate = validatorOf(schema);
  const words = fc.oneof(
    texts,
    fc.constantFrom('true', 'false', '1', '100', '101', '05', 'FAILED', '20260105', '20260230'),
  );
  fc.assert(
    fc.property(words, (text) => {
      const isFaulty = readListRequest({
        [name]: text,
        ...(name === 'status' && { day: '20260105' }),
      }).issues.some(({ path }) => path === name);
      const faults = faultsOf(validate, asValue(schema, text));
      const isRealDay = name !== 'day' || !isFaulty;
      return isRealDay ? isFaulty === faults.length > 0 : true;
    }),
    runs,
  );
});
