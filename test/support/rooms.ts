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
export const rooms: Record<string, string[]> = {
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
  'shared/app/story': [...forTheRules],
  'shared/app/listing': [...forTheRules],
  'shared/app': ['shared/domain'],
  'shared/domain': [],
  // The doctor looks at the settings as the functions would, and at AWS.
  'cli/doctor': ['cli', 'shared/runtime', 'shared/signing'],
  cli: ['client', 'shared/signing', 'shared/domain'],
  // The page bundles nothing of the server: it knows its types.
  'console/page': ['console/protocol.ts', 'cli/sandbox-control.ts', 'client'],
  console: ['cli', 'client', 'shared/signing', 'shared/domain'],
  // What is published of the service: it reads the definitions, and nothing reads it.
  schemas: ['shared/entry', 'shared/app', 'shared/domain'],
  // A caller like any other: it shares types with the service by a test, and no code.
  client: [],
  sandbox: [],
};

/** The product's files, the client's, the console's, those that publish the schemas, and the sandbox's. */
export const files = globSync([
  'functions/**/*.ts',
  'shared/**/*.ts',
  'schemas/*.ts',
  'client/*.ts',
  'cli/**/*.ts',
  'console/**/*.{ts,tsx}',
  'sandbox/**/*.ts',
]).map((file) => file.replaceAll('\\', '/'));

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, path]) => path ?? '',
  );

/** Whether a file, or a room, is the place or lies in it. */
export const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** The room of a file. Those within another room come first. */
export const roomOf = (file: string) => Object.keys(rooms).find((room) => isIn(file, room));

/** Whether a file of one place may import one of another. */
export function mayKnow(from: string, to: string): boolean {
  const room = roomOf(from) ?? '';
  // A use case knows the rooms within its own; they don't know the use cases.
  const isOwn = !roomOf(to) || isIn(to, room);
  return isOwn || Boolean(rooms[room]?.some((place) => isIn(to, place)));
}

/** Every import: of a file by its path, of a package by its name. */
export const arrows = files.flatMap((file) =>
  importsOf(file).map((path) => ({ file, to: path.startsWith('.') ? join(dirname(file), path) : path })),
);
