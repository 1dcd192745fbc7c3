import { readFileSync } from 'node:fs';
import { DECISIONS } from '../shared/app/decisions.ts';
import { TRANSITIONS } from '../shared/app/transitions.ts';
import { longFunctionsIn } from './support/function-lengths.ts';
import { arrows, files, isIn, mayKnow, roomOf } from './support/rooms.ts';

/** The packages that the rules of refunds may import: none that does input or output. */
const packagesOfRules = ['node:crypto'];

test('there is something to check, and every file is in a room', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(arrows.length).toBeGreaterThan(150);
  expect(files.filter((file) => !roomOf(file))).toEqual([]);
});

test('no room knows another that it may not know', () => {
  expect(arrows.filter(({ file, to }) => !mayKnow(file, to))).toEqual([]);
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
      !roomOf(to) &&
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

test('the command that verifies stories reads files, and reaches no network', () => {
  const reached = new Set(files.filter((file) => isIn(file, 'cli/verify')));
  for (const file of reached) {
    for (const arrow of arrows) if (arrow.file === file && roomOf(arrow.to)) reached.add(arrow.to);
  }
  const packages = arrows.filter(({ file, to }) => reached.has(file) && !roomOf(to)).map(({ to }) => to);
  expect([...new Set(packages)].sort()).toEqual(['commander', 'node:crypto', 'node:fs', 'node:util']);
});

test("the console's page bundles nothing of the server", () => {
  const page = files.filter((file) => isIn(file, 'console/page'));
  const bundled = page.filter((file) => /^import (?!type).*'\.\.\/\.\.\//m.test(readFileSync(file, 'utf8')));
  expect(page.length).toBeGreaterThan(20);
  expect(bundled).toEqual([]);
});

const product = files.filter((file) => ['shared', 'functions', 'cli'].some((place) => isIn(file, place)));

test('every entry of the tables of decisions and transitions is used somewhere', () => {
  const tables = ['shared/app/decisions.ts', 'shared/app/transitions.ts'];
  const texts = product.filter((file) => !tables.includes(file)).map((file) => readFileSync(file, 'utf8'));
  const unused = [...Object.keys(DECISIONS), ...Object.keys(TRANSITIONS)].filter(
    (name) => !texts.some((text) => text.includes(`'${name}'`)),
  );
  expect(unused).toEqual([]);
});

/** Where every file and every function is short. */
const written = files.filter((file) => !isIn(file, 'sandbox'));

const MAX_FILE_LINES = 150;
const MAX_FUNCTION_LINES = 25;
/** Markup takes a line for each element. */
const MAX_MARKUP_LINES = 50;

/** Files that may be longer, and why. */
const longFiles: Record<string, string> = {
  'console/page/texts/en.ts': 'one table, one entry a text',
  'console/page/texts/zh.ts': 'the same in Chinese',
  'shared/app/decisions.ts': 'one table, one entry a decision',
  'shared/app/transitions.ts': 'one table, one entry a write',
};

/** Functions that may be longer, and why. */
const longFunctions: Record<string, string> = {
  'shared/store/refund-store.ts refundStore': 'four short methods over one table, side by side',
  'shared/gateway/transport.ts exchange':
    'the events of one exchange: each ends it, and only together they are right',
};

const longFunctionsOf = (file: string): string[] => {
  const isMarkup = file.endsWith('.tsx');
  const max = isMarkup ? MAX_MARKUP_LINES : MAX_FUNCTION_LINES;
  return longFunctionsIn(readFileSync(file, 'utf8'), max, isMarkup);
};

test('no file is long but those that have a reason', () => {
  const long = written.filter((file) => readFileSync(file, 'utf8').split('\n').length - 1 > MAX_FILE_LINES);
  expect(long).toEqual(Object.keys(longFiles));
});

test('no function is long but those that have a reason', () => {
  const long = written.flatMap((file) => longFunctionsOf(file).map((name) => `${file} ${name}`));
  expect(long).toEqual(Object.keys(longFunctions));
});
