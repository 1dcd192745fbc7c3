import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { StoryEntry } from '../../client/index.ts';
import type { Texts } from '../texts.ts';
import { EXIT } from './exit.ts';
import { type CommonOptions, counted, numbered, serviceCommand } from './options.ts';
import { type Screen, screen } from './screen.ts';
import { type Service, serviceAt } from './service.ts';
import { collected, isOver, lineOf, statusIn } from './timeline.ts';

interface WatchOptions extends CommonOptions {
  timeout: number;
}

/** Deployed, a story comes seconds after its refund, and waits are minutes. */
const PAUSE_MS = { sandbox: 300, deployed: 3_000 };

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
  { client, isSandbox }: Service,
  { json, timeout }: { json?: boolean; timeout: number },
  shown: Screen,
): Promise<number> {
  const untilMs = Date.now() + timeout * 1_000;
  for (let seen = 0; ; ) {
    const entries = await collected(client.history(noRefund));
    for (const entry of entries.slice(seen)) show(entry, entries, json, shown);
    seen = entries.length;
    const status = statusIn(entries);
    if (isOver(status)) return status === 'SUCCEEDED' ? EXIT.done : EXIT.unpaid;
    if (Date.now() >= untilMs) break;
    await sleep(PAUSE_MS[isSandbox ? 'sandbox' : 'deployed']);
  }
  if (!json) shown.say('notOver', { no_refund: noRefund, seconds: timeout });
  return EXIT.notOver;
}

function show(entry: StoryEntry, [first]: StoryEntry[], json: boolean | undefined, shown: Screen): void {
  shown.print(json ? JSON.stringify(entry) : lineOf(entry, first?.at ?? entry.at, shown.paint));
}
