import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Functions {
  [name: string]: { events?: Record<string, unknown>[] };
}

const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }) as {
  functions: Functions;
};

test('every function has a sample event, and one of API Gateway where it has a route', () => {
  const wanted = Object.entries(functions).flatMap(([name, { events = [] }]) => [
    `events/${name}.json`,
    ...(events.some((event) => 'httpApi' in event) ? [`events/${name}.http.json`] : []),
  ]);
  expect(wanted.length).toBeGreaterThan(6);
  const missing = wanted.filter((file) => !globSync('events/*.json').includes(file));
  expect(missing).toEqual([]);
});
