import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What every folder of `shared/app` may import. */
const forTheRules = [
  'shared/app/ports',
  'shared/app/decisions.ts',
  'shared/app/transitions.ts',
  'shared/app/schedule.ts',
  'shared/domain',
];

/** The folders, and for each what it may import beside itself. Dependencies point one way. */
const folders: Record<string, string[]> = {
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

/** The packages that the rules of refunds may import: none that does input or output. */
const packagesOfRules = ['node:crypto'];

/** Files that belong to no folder of the list. */
const files = globSync(['functions/**/*.ts', 'shared/**/*.ts', 'sandbox/**/*.ts']).map((file) =>
  file.replaceAll('\\', '/'),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, path]) => path ?? '',
  );

const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

// Inner folders come before the folders that they are in.
const folderOf = (file: string) => Object.keys(folders).find((folder) => isIn(file, folder));

const arrows = files.flatMap((file) =>
  importsOf(file).map((path) => ({ file, to: path.startsWith('.') ? join(dirname(file), path) : path })),
);

test('every file is in a listed folder', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(arrows.length).toBeGreaterThan(150);
  expect(files.filter((file) => !folderOf(file))).toEqual([]);
});

test('no folder imports one that it may not import', () => {
  const wrong = arrows.filter(({ file, to }) => {
    const folder = folderOf(file) ?? '';
    // A use case may import the folders within its own; they may not import the use cases.
    const isOwn = !folderOf(to) || isIn(to, folder);
    return !isOwn && !folders[folder]?.some((place) => isIn(to, place));
  });
  expect(wrong).toEqual([]);
});

test('only declared transitions change records', () => {
  const writes = files.filter((file) => /\bstore\.update\(/.test(readFileSync(file, 'utf8')));
  expect(writes).toEqual(['shared/app/transitions.ts']);
});

test('only the logger writes log lines', () => {
  const inPlace = files.filter(
    (file) => isIn(file, 'shared') && /\blog\.(info|warn|error)\(|console\./.test(readFileSync(file, 'utf8')),
  );
  expect(inPlace).toEqual(['shared/runtime/logger.ts']);
});

test('the rules of refunds import neither AWS nor input and output', () => {
  const outside = arrows.filter(
    ({ file, to }) =>
      (isIn(file, 'shared/domain') || isIn(file, 'shared/app')) &&
      !folderOf(to) &&
      !packagesOfRules.includes(to),
  );
  expect(outside).toEqual([]);
});

test('only the runtime reads the environment, and only runtime, handlers and transport read the real clock', () => {
  const uses = (pattern: RegExp, allowed: RegExp) =>
    files.filter(
      (file) => isIn(file, 'shared') && !allowed.test(file) && pattern.test(readFileSync(file, 'utf8')),
    );
  expect(uses(/process\.env/, /^shared\/runtime\//)).toEqual([]);
  expect(uses(/Date\.now|new Date\(\)/, /^shared\/(runtime|entry|gateway\/transport)/)).toEqual([]);
});

test('no imports are circular', () => {
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
