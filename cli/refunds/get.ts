import type { Command } from 'commander';
import type { Refund } from '../../client/index.ts';
import { plain } from '../output.ts';
import type { Texts } from '../texts.ts';
import { type CommonOptions, numbered, serviceCommand } from './options.ts';
import { type Screen, screen } from './screen.ts';
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
      if (json) screen().json(refund);
      else showFields(refund, screen());
    });
}

/** Every field on a line, by the names that docs/api.md has. */
function showFields(refund: Refund, { print, paint }: Screen): void {
  const fields = Object.entries(refund);
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    print(`${paint('dim', name.padEnd(width))}  ${plain(text)}`);
  }
}
