import type { Command } from 'commander';
import { fieldLines } from '../output.ts';
import type { Texts } from '../texts.ts';
import { type CommonOptions, numbered, serviceCommand } from './options.ts';
import { screen } from './screen.ts';
import { serviceAt } from './service.ts';

interface GetOptions extends CommonOptions {
  refresh?: boolean;
}

export function getCommand(texts: Texts): Command {
  return serviceCommand('get', texts, ['get my-first-refund', 'get my-first-refund --refresh --json'])
    .argument('<no_refund>', texts.number, numbered)
    .option('--refresh', texts.refresh)
    .action(async (noRefund: string, { refresh = false, json, ...where }: GetOptions) => {
      const refund = await (await serviceAt(where)).client.get(noRefund, { refresh });
      const shown = screen();
      if (json) shown.json(refund);
      else for (const line of fieldLines(refund, shown.paint)) shown.print(line);
    });
}
