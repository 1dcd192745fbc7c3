import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { readStory } from '../../cli/verify/read-story.ts';
import { verifyStory } from '../../cli/verify/verify-story.ts';
import { readSandboxKeys } from '../../sandbox/keys.ts';
import { sentenceOf } from '../../shared/app/story/sentences.ts';
import { line } from '../docs/tables.ts';
import { type BehaviourStory, cases, collectStories } from '../support/stories.ts';
import { rowOf } from '../support/stories-page.ts';

const gatewayKey = createPublicKey(readSandboxKeys().gateway.publicKey);

const PAGE = 'docs/stories.md';

/** Set by `npm run stories`, which writes the page's two tables. */
const isWriting = process.env.WRITE_STORIES === '1';

const rowsBetween = (page: string, mark: string) =>
  (new RegExp(`<!-- ${mark} -->\\n.*?---.*?\\n(.*?)<!-- end -->`, 's').exec(page)?.[1] ?? '')
    .split('\n')
    .filter(Boolean);

function written(page: string, mark: string, rows: string[]): string {
  return page.replace(
    new RegExp(`(<!-- ${mark} -->\\n[^\\n]*\\n[^\\n]*---[^\\n]*\\n)(.*?)(<!-- end -->)`, 's'),
    (_all, head: string, _old: string, end: string) =>
      `${head}${rows.map((row) => `${row}\n`).join('')}${end}`,
  );
}

const codesIn = (rows: string[]) =>
  [
    ...new Set(
      rows.flatMap((row) => [...row.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, code]) => String(code))),
    ),
  ].sort();

const sentences = (codes: string[]) => codes.map((code) => line([`\`${code}\``, sentenceOf(code)]));

test('each behaviour of the sandbox leads to the story that the page shows', async () => {
  if (isWriting) {
    const rows = (await collectStories(cases)).map(rowOf);
    // A busy machine tells other stories: only what comes twice is written.
    expect((await collectStories(cases)).map(rowOf)).toEqual(rows);
    const page = written(readFileSync(PAGE, 'utf8'), 'stories', rows);
    writeFileSync(PAGE, written(page, 'sentences', sentences(codesIn(rows))));
    return;
  }
  const shown = rowsBetween(readFileSync(PAGE, 'utf8'), 'stories');
  expect(shown).toHaveLength(cases.length);
  // On a busy machine a check may come before a notification: what differs is tried twice more, by itself.
  let differing: BehaviourStory[] = await differingFrom(shown, cases, '1');
  for (const digit of ['2', '3'])
    if (differing.length > 0) differing = await differingFrom(shown, differing, digit);
  expect(differing.map(rowOf)).toEqual(
    differing.map(({ start }) => shown.find((row) => row.startsWith(`| \`${start}1\` |`))),
  );
}, 240_000);

test('the page has the sentence of each code that it shows', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(rowsBetween(page, 'sentences')).toEqual(sentences(codesIn(rowsBetween(page, 'stories'))));
});

async function differingFrom(
  shown: string[],
  wanted: Parameters<typeof collectStories>[0],
  digit: string,
): Promise<BehaviourStory[]> {
  const stories = await collectStories(wanted, digit);
  for (const { start, entries } of stories) {
    const text = JSON.stringify({ no_refund: start + digit, entries });
    const { faults } = verifyStory(readStory([{ name: start, text }]), [gatewayKey]);
    expect({ start, faults }).toEqual({ start, faults: [] });
  }
  return stories.filter((story) => !shown.includes(rowOf(story)));
}
