import type { Command } from 'commander';
import type { Texts } from '../texts.ts';
import { send, showOutcome } from './apply.ts';
import { assertKnown, showBehaviours, withoutEnd } from './behaviours.ts';
import { Unusable } from './exit.ts';
import { type CommonOptions, counted, sandboxCommand } from './options.ts';
import { screen } from './screen.ts';
import { controlAt, serviceAt } from './service.ts';
import { watch } from './watch.ts';

interface TriggerOptions extends CommonOptions {
  exchange?: boolean;
  timeout: number;
}

/** What a `no_refund` may have at most. */
const MAX_LENGTH = 32;

export function triggerCommand(texts: Texts): Command {
  return sandboxCommand('trigger', texts.trigger, texts, [
    'trigger silent',
    'trigger lost-once',
    'trigger code-5006',
    'trigger failed-now --exchange --json',
  ])
    .argument('[behaviour]', texts.behaviour)
    .option('--exchange', texts.exchange)
    .option('--timeout <seconds>', texts.timeout, counted, 60)
    .action((behaviour: string | undefined, options: TriggerOptions) =>
      behaviour === undefined
        ? showBehaviours(controlAt(options, 'trigger'), options.json)
        : trigger(withoutEnd(behaviour), options, texts),
    );
}

/** A number that hasn't been used: two of one sandbox are never made in the same millisecond. */
function numberFor(behaviour: string, texts: Texts): string {
  const number = `${behaviour}-${Date.now().toString(36)}`;
  if (number.length > MAX_LENGTH) throw new Unusable(texts.longBehaviour);
  return number;
}

async function trigger(behaviour: string, options: TriggerOptions, texts: Texts): Promise<void> {
  const no_refund = numberFor(behaviour, texts);
  await assertKnown(behaviour, no_refund, controlAt(options, 'trigger'), texts);
  const service = await serviceAt(options);
  const shown = screen();
  const input = { no_refund, money_refund: '1.00', no_order: 'triggered' };
  const outcome = await send(service, input, options.exchange);
  if (!options.json) showOutcome(outcome, false, shown);
  process.exitCode = await watch(no_refund, service, options, shown);
}
