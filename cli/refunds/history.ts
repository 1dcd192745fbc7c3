import type { Command } from 'commander';
import type { Texts } from '../texts.ts';
import { type CommonOptions, numbered, serviceCommand } from './options.ts';
import { screen } from './screen.ts';
import { serviceAt } from './service.ts';
import { collected, lineOf } from './timeline.ts';

export function historyCommand(texts: Texts): Command {
  return serviceCommand('history', texts, [
    'history my-first-refund',
    'history my-first-refund --json > story.json',
    'verify story.json --key sandbox/keys/gateway-public.pem',
  ])
    .argument('<no_refund>', texts.number, numbered)
    .action(showHistory);
}

/** As JSON it is one page with the whole story, which `verify` takes. */
async function showHistory(noRefund: string, options: CommonOptions): Promise<void> {
  const { client } = await serviceAt(options);
  const shown = screen();
  const entries = await collected(client.history(noRefund));
  const [first] = entries;
  if (options.json) shown.json({ no_refund: noRefund, entries });
  else if (!first) shown.say('noStory');
  else for (const entry of entries) shown.print(lineOf(entry, first.at, shown.paint));
}
