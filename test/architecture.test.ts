import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What every room of `shared/app` builds on. */
const forTheRules = [
  'shared/app/ports',
  'shared/app/decisions.ts',
  'shared/app/transitions.ts',
  'shared/app/schedule.ts',
  'shared/domain',
];

/** The rooms of the house, and for each what it may know beside itself. Arrows point one way. */
const rooms: Record<string, string[]> = {
  functions: ['shared/entry', 'shared/runtime'],
  'shared/entry': ['shared/app', 'shared/domain'],
  'shared/runtime': [
    'shared/events',
    'shared/store',
    'shared/gateway',
    'shared/signing',
    'shared/app/ports',
    'shared/app/decisions.ts',
    'shared/domain',
  ],
  'shared/store': ['shared/app/ports', 'shared/domain'],
  'shared/gateway': ['shared/signing', 'shared/app/ports', 'shared/domain'],
  'shared/events': ['shared/app/ports', 'shared/domain'],
  'shared/signing': [],
  'shared/app/ports': ['shared/app/decisions.ts', 'shared/domain'],
  'shared/app/settlement': [...forTheRules],
  'shared/app/attempt': [...forTheRules, 'shared/app/settlement'],
  'shared/app/reconciliation': [...forTheRules, 'shared/app/attempt', 'shared/app/settlement'],
  'shared/app/publishing': [...forTheRules],
  'shared/app': ['shared/domain'],
  'shared/domain': [],
  sandbox: [],
};

/** What the rules of refunds may know of the outside: nothing that does input or output. */
const packagesOfRules = ['node:crypto'];

/** Where a file lies in no room and needs none. */
const files = globSync(['functions/**/*.ts', 'shared/**/*.ts', 'sandbox/**/*.ts']).map((file) =>
  file.replaceAll('\\', '/'),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, path]) => path ?? '',
  );

const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

// Rooms within a room come first.
const roomOf = (file: string) => Object.keys(rooms).find((room) => isIn(file, room));

const arrows = files.flatMap((file) =>
  importsOf(file).map((path) => ({ file, to: path.startsWith('.') ? join(dirname(file), path) : path })),
);

test('there is something to check, and every file is in a room', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(arrows.length).toBeGreaterThan(150);
  expect(files.filter((file) => !roomOf(file))).toEqual([]);
});

test('no room knows another that it may not know', () => {
  const wrong = arrows.filter(({ file, to }) => {
    const room = roomOf(file) ?? '';
    // A use case knows the rooms within its own; they don't know the use cases.
    const isOwn = !roomOf(to) || isIn(to, room);
    return !isOwn && !rooms[room]?.some((place) => isIn(to, place));
  });
  expect(wrong).toEqual([]);
});

test('records are changed by declared transitions alone', () => {
  const writes = files.filter((file) => /\bstore\.update\(/.test(readFileSync(file, 'utf8')));
  expect(writes).toEqual(['shared/app/transitions.ts']);
});

test('log lines are the entries of the table of decisions', () => {
  const inPlace = files.filter(
    (file) => isIn(file, 'shared') && /\blog\.(info|warn|error)\(|console\./.test(readFileSync(file, 'utf8')),
  );
  expect(inPlace).toEqual(['shared/runtime/logger.ts']);
});

test('the rules of refunds know neither AWS nor input and output', () => {
  const outside = arrows.filter(
    ({ file, to }) =>
      (isIn(file, 'shared/domain') || isIn(file, 'shared/app')) &&
      !roomOf(to) &&
      !packagesOfRules.includes(to),
  );
  expect(outside).toEqual([]);
});

test('only the runtime reads the environment, and only it and the doors look at a real clock', () => {
  const uses = (pattern: RegExp, allowed: RegExp) =>
    files.filter(
      (file) => isIn(file, 'shared') && !allowed.test(file) && pattern.test(readFileSync(file, 'utf8')),
    );
  expect(uses(/process\.env/, /^shared\/runtime\//)).toEqual([]);
  expect(uses(/Date\.now|new Date\(\)/, /^shared\/(runtime|entry|gateway\/transport)/)).toEqual([]);
});

test('nothing goes round in a circle', () => {
  const graph = new Map(
    files.map((file) => [file, arrows.filter((arrow) => arrow.file === file).map(({ to }) => to)]),
  );
  const done = new Set<string>();
  const circleFrom = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    return graph
      .get(file)
      ?.map((to) => circleFrom(to, [...path, file]))
      .find(Boolean);
  };
  expect(files.map((file) => circleFrom(file, [])).filter(Boolean)).toEqual([]);
});
