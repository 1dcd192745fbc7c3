import { readFileSync } from 'node:fs';
import { SEEDED_BUGS } from './simulation/seeded-bugs.ts';

// The hunt for them takes minutes: that their places are still there is seen at once.
test.each(SEEDED_BUGS)('shared/$file still has the place of: $name', ({ file, snippet, replacement }) => {
  expect(readFileSync(`shared/${file}`, 'utf8').split(snippet)).toHaveLength(2);
  expect(replacement).not.toBe(snippet);
});
