import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { documents } from '../../schemas/documents.ts';
import { routes } from '../support/http-api.ts';
import { faultsOf, published, validateEvent, validatorOf } from '../support/openapi.ts';

test.each(Object.entries(documents()))('%s is up to date: npm run schemas', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('the linter finds nothing in the OpenAPI document', () => {
  const run = () =>
    execFileSync(
      process.execPath,
      ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--format=json', 'docs/openapi.yaml'],
      {
        encoding: 'utf8',
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
  expect(JSON.parse(run())).toMatchObject({ totals: { errors: 0, warnings: 0 } });
});

const operations = Object.entries(published.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test('it has every route, signed where API Gateway wants that', () => {
  const described = operations.map(({ path, method, operation }) => ({
    path,
    method,
    isSigned: operation.security.length > 0,
  }));
  const deployed = routes.map(({ path, method, isSigned }) => ({ path, method, isSigned }));
  const byName = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b));
  expect(described.sort(byName)).toEqual(deployed.sort(byName));
});

test('each of its examples is one of its schema', () => {
  const shown = operations.flatMap(({ path, operation }) =>
    Object.values(operation.responses).flatMap(({ content: { 'application/json': media } }) =>
      Object.values(media.examples ?? {}).map(({ value }) => ({ path, schema: media.schema, value })),
    ),
  );
  expect(shown.length).toBeGreaterThan(20);
  for (const { path, schema, value } of shown)
    expect({ path, faults: faultsOf(validatorOf(schema), value) }).toEqual({ path, faults: [] });
});

test('the schema of the event refuses what is no event of this service', () => {
  const detail = {
    ...{ no_refund: 'r-1', kind: 'refund', status: 'SUCCEEDED', version: 3, event_id: 'r-1:3' },
    ...{ created_at: '2026-01-02T03:04:05.000Z', updated_at: '2026-01-02T03:04:05.000Z' },
  };
  const event = { source: 'lianlian.refunds', 'detail-type': 'Refund Status Changed', detail };
  expect(faultsOf(validateEvent, event)).toEqual([]);
  for (const wrong of [
    { ...event, source: 'lianlian' },
    { ...event, detail: { ...detail, status: 'DONE' } },
    { ...event, detail: { ...detail, task_token: 'secret' } },
    { ...event, detail: { ...detail, event_id: undefined } },
  ])
    expect(faultsOf(validateEvent, wrong)).toHaveLength(1);
});
