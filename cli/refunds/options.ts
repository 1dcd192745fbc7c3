import { Command, InvalidArgumentError, Option } from 'commander';
import type { Texts } from '../texts.ts';
import type { Whereabouts } from './service.ts';

/** What every command takes. */
export interface CommonOptions extends Whereabouts {
  json?: boolean;
}

/** A command that speaks to the service: its summary, and examples behind the help. */
export function serviceCommand(name: keyof Texts, texts: Texts, examples: string[]): Command {
  return commandFor(name, texts[name], texts, examples, whereOptions(texts));
}

/** A command for the sandbox alone. It takes the options of the others too, to say so, and doesn't show them. */
export function sandboxCommand(name: string, about: string, texts: Texts, examples: string[]): Command {
  const hidden = whereOptions(texts).map((option) => option.hideHelp());
  return commandFor(name, about, texts, examples, hidden);
}

const whereOptions = (texts: Texts): Option[] => [
  new Option('--stage <name>', texts.stage),
  new Option('--url <url>', texts.url),
  new Option('--region <name>', texts.region),
];

function commandFor(
  name: string,
  about: string,
  texts: Texts,
  examples: string[],
  options: Option[],
): Command {
  const shown = examples.map((example) => `  npm run -s refunds -- ${example}`).join('\n');
  const command = new Command(name).summary(about).description(about);
  for (const option of options) command.addOption(option);
  return command
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
