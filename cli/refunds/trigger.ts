import type { Command } from 'commander';
import type { Texts } from '../texts.ts';
import { send, showOutcome } from './apply.ts';
import { Unusable } from './exit.ts';
import { type CommonOptions, counted, serviceCommand } from './options.ts';
import { screen } from './screen.ts';
import { serviceAt } from './service.ts';
import { watch } from './watch.ts';

interface TriggerOptions extends CommonOptions {
  exchange?: boolean;
  timeout: number;
}

/** What a `no_refund` may have at most. */
const MAX_LENGTH = 32;

export function triggerCommand(texts: Texts): Command {
  return serviceCommand('trigger', texts, [
    'trigger silent',
    'trigger lost-once',
    'trigger code-5006',
    'trigger failed-now --exchange --json',
  ])
    .argument('<behaviour>', texts.behaviour)
    .option('--exchange', texts.exchange)
    .option('--timeout <seconds>', texts.timeout, counted, 60)
    .action((behaviour: string, options: TriggerOptions) =>
      trigger(numberFor(behaviour, texts), options, texts),
    );
}

/** A number that hasn't been used: two of one sandbox are never made in the same millisecond. */
function numberFor(behaviour: string, texts: Texts): string {
  const number = `${behaviour.replace(/-$/, '')}-${Date.now().toString(36)}`;
  if (number.length > MAX_LENGTH) throw new Unusable(texts.longBehaviour);
  return number;
}

async function trigger(no_refund: string, options: TriggerOptions, texts: Texts): Promise<void> {
  const service = await serviceAt(options);
  if (!service.sandbox) throw new Unusable(texts.sandboxOnly);
  const shown = screen();
  const input = { no_refund, money_refund: '1.00', no_order: 'triggered' };
  const outcome = await send(service, input, options.exchange);
  if (!options.json) showOutcome(outcome, false, shown);
  process.exitCode = await watch(no_refund, service, options, shown);
}
