import { resolve } from 'node:path';
import { type Ended, run } from '../../support/project-copies.ts';

/** Variables by which the language of a machine is told. */
const ENGLISH = { LC_ALL: '', LC_MESSAGES: '', LANG: 'C' };

/** The command as a process of its own, as a user of the folder gives it. */
export function refunds(
  args: string[],
  environment: Record<string, string> = {},
  folder = resolve('.'),
): Promise<Ended> {
  const command = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'cli/main.ts', ...args];
  return run(folder, command, { ...ENGLISH, PORT: '', ...environment });
}
