import { line } from '../docs/tables.ts';
import type { BehaviourStory, Told } from './stories.ts';

/** A story as lines, one an entry; what is repeated is told once. */
function linesOf({ entries }: BehaviourStory): string[] {
  return withoutRepetitions(entries.map(lineOf));
}

/** The row of the page. */
export function rowOf(story: BehaviourStory): string {
  return line([`\`${story.start}1\``, story.does, linesOf(story).join('<br>')]);
}

function lineOf({ code, reason, ret_code, message }: Told): string {
  const via = message && `evidence: ${message.via}`;
  const facts = [ret_code === '0000' ? undefined : ret_code, reason, via].filter(Boolean).join(', ');
  return facts ? `\`${code}\` (${facts})` : `\`${code}\``;
}

/** The longest row of entries that is looked for. */
const LONGEST = 6;

/** How often a check finds nothing new depends on moments: a row of entries that comes again is told once. */
function withoutRepetitions(lines: string[]): string[] {
  for (let length = 1; length <= LONGEST; length += 1) {
    for (let start = 0; start + 2 * length <= lines.length; start += 1) {
      const row = lines.slice(start, start + length);
      const next = lines.slice(start + length, start + 2 * length);
      const isRepeated = row.every((line, index) => bare(line) === bare(next[index] ?? ''));
      if (!isRepeated) continue;
      const marked = row.map((line) => `${bare(line)} …`);
      return withoutRepetitions([...lines.slice(0, start), ...marked, ...lines.slice(start + 2 * length)]);
    }
  }
  return lines;
}

const bare = (line: string) => line.replace(/ …$/, '');
