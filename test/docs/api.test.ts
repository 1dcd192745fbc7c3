import { readFileSync } from 'node:fs';
import * as errors from '../../shared/domain/errors.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { readRefundRequest } from '../../shared/domain/refund-request.ts';
import { viewOf } from '../../shared/domain/refund-view.ts';
import { statusCodeOf } from '../../shared/entry/error-answers.ts';
import { codesIn, tableOf } from './tables.ts';

const page = 'docs/api.md';

test('every error has its row, with its HTTP status', () => {
  const names = Object.keys(errors).filter((name) => name !== 'RefundError');
  const expected = names.map((name) => [String(statusCodeOf({ name } as errors.RefundError)), name]);
  const rows = tableOf(page, 'HTTP', 'Status or error')
    .map(({ HTTP, 'Status or error': outcome }) => [HTTP, codesIn(outcome)[0]])
    .filter(([status]) => Number(status) >= 400);
  expect(rows.sort()).toEqual(expected.sort());
});

test('every field of an application has its row, and no other', () => {
  const asked = new Set<string>();
  const input = new Proxy({}, { getOwnPropertyDescriptor: (_input, field) => void asked.add(String(field)) });
  const defaults = { oidPartner: '1', notifyUrl: 'https://merchant.example', nowMs: 0 };
  expect(() => readRefundRequest('refund', input, defaults)).toThrow(errors.InvalidRequest);
  const rows = tableOf(page, 'Field', 'Given', 'Form').flatMap(({ Field }) => codesIn(Field));
  expect(rows.sort()).toEqual([...asked].sort());
});

test('every field that a caller sees of a refund has its row, and no other', () => {
  const shown = (['REQUESTED', 'REJECTED', 'SUCCEEDED'] as const).flatMap((status) => {
    const get = (_record: object, field: string) =>
      field === 'status' ? status : /^(next_check|last_attempt)_at$/.test(field) ? 0 : field;
    return Object.keys(viewOf(new Proxy({}, { get: get as ProxyHandler<object>['get'] }) as Refund));
  });
  const rows = tableOf(page, 'Field', 'What it is').flatMap(({ Field }) => codesIn(Field));
  expect(rows.sort()).toEqual([...new Set([...shown, 'refreshed', 'refresh_problem'])].sort());
});

test('every route has its row, and no other', () => {
  const yaml = readFileSync('serverless.yml', 'utf8');
  const routes = [...yaml.matchAll(/method: (\w+)\n +path: (\S+)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const rows = tableOf(page, 'What you want', 'HTTP').flatMap(({ HTTP }) => codesIn(HTTP));
  expect(rows.filter((route) => !route.includes('?')).sort()).toEqual(routes.sort());
});
