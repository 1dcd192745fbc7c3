import { globSync, readFileSync } from 'node:fs';
import { ANSWERED } from '../../../shared/app/attempt/problem.ts';

/** Every code that a story can have, in order: those that its own room writes, and those of exchanges that proved nothing. */
export function storyCodes(): string[] {
  // The table of the sentences has the codes of all log lines, too.
  const files = globSync('shared/app/story/*.ts').filter((file) => !file.endsWith('sentences.ts'));
  const written = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'([a-z]+\.[a-z_]+)'/g)].map(([, code = '']) => code),
  );
  const { applying, querying } = ANSWERED;
  return [...new Set([...written, ...Object.values(applying), ...Object.values(querying)])].sort();
}
