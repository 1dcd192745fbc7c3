import { Command, InvalidArgumentError } from 'commander';
import type { Texts } from '../texts.ts';
import type { Whereabouts } from './service.ts';

/** What every command takes. */
export interface CommonOptions extends Whereabouts {
  json?: boolean;
}

/** A command that speaks to the service: its summary, and examples behind the help. */
export function serviceCommand(name: keyof Texts, texts: Texts, examples: string[]): Command {
  const shown = examples.map((example) => `  npm run -s refunds -- ${example}`).join('\n');
  return new Command(name)
    .summary(texts[name])
    .description(texts[name])
    .option('--stage <name>', texts.stage)
    .option('--url <url>', texts.url)
    .option('--region <name>', texts.region)
    .option('--json', texts.json)
    .addHelpText('after', `\n${texts.examples}\n${shown}\n\n${texts.statuses}`);
}

/** A refund's number. A URL can't name these: they stand for other paths. */
export function numbered(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new InvalidArgumentError('It must be the number of a refund.');
  return text;
}

/** A number from 1 on. */
export function counted(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
