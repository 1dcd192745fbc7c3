import { storyCodes } from '../console/page/story-codes.ts';
import { codesIn, tableOf } from './tables.ts';

const page = 'docs/stories.md';

const codesOf = (...columns: string[]) => tableOf(page, ...columns).flatMap(({ Code }) => codesIn(Code));

test('every code that a story can have is in one of the two tables, and no other', () => {
  expect([...codesOf('Code', 'Sentence'), ...codesOf('Code', 'When')].sort()).toEqual(storyCodes());
});
