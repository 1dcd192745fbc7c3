import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { StoryEntry } from '../../client/index.ts';
import type { Texts } from '../texts.ts';
import { EXIT } from './exit.ts';
import { type CommonOptions, counted, numbered, serviceCommand } from './options.ts';
import { type Screen, screen } from './screen.ts';
import { type Service, serviceAt } from './service.ts';
import { collected, hasBeginning, isOver, lineOf, statusIn } from './timeline.ts';

interface WatchOptions extends CommonOptions {
  timeout: number;
}

/** After so many looks without news nothing more is expected of a story that lacks its beginning. */
const QUIET_LOOKS = 10;

export function watchCommand(texts: Texts): Command {
  return serviceCommand('watch', texts, [
    'watch my-first-refund',
    'watch my-first-refund --stage prod --timeout 3600',
  ])
    .argument('<no_refund>', texts.number, numbered)
    .option('--timeout <seconds>', texts.timeout, counted, 600)
    .action(async (noRefund: string, options: WatchOptions) => {
      process.exitCode = await watch(noRefund, await serviceAt(options), options, screen());
    });
}

/**
 * Prints a story as it grows, until its end; as JSON, an entry a line.
 *
 * @returns the exit status
 */
export async function watch(
  noRefund: string,
  { client, pauseMs }: Service,
  { json, timeout }: { json?: boolean; timeout: number },
  shown: Screen,
): Promise<number> {
  const untilMs = Date.now() + timeout * 1_000;
  const seen = new Set<string>();
  for (let quiet = 0; ; quiet += 1) {
    const entries = await collected(client.history(noRefund));
    if (showNew(entries, seen, json, shown)) quiet = 0;
    const status = statusIn(entries);
    // The changes of a batch are recorded side by side: the end may be told before what led to it.
    if (isOver(status) && quiet >= (hasBeginning(entries) ? 1 : QUIET_LOOKS))
      return status === 'SUCCEEDED' ? EXIT.done : EXIT.unpaid;
    if (Date.now() >= untilMs) break;
    await sleep(pauseMs);
  }
  if (!json) shown.say('notOver', { no_refund: noRefund, seconds: timeout });
  return EXIT.notOver;
}

/** @returns whether there was anything new */
function showNew(
  entries: StoryEntry[],
  seen: Set<string>,
  json: boolean | undefined,
  { print, paint }: Screen,
): boolean {
  const before = seen.size;
  const firstAt = entries[0]?.at ?? '';
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    if (!seen.has(text)) print(json ? text : lineOf(entry, firstAt, paint));
    seen.add(text);
  }
  return seen.size > before;
}
