import { distance } from 'fastest-levenshtein';
import { aligned, plain } from '../output.ts';
import type { GatewayBehaviour, SandboxControl } from '../sandbox-control.ts';
import { filled, type Texts } from '../texts.ts';
import { Unusable } from './exit.ts';
import { screen } from './screen.ts';

/** How many behaviours are named to somebody who has mistyped one. */
const NAMED = 3;

/** A beginning without the hyphen that ends it, as `trigger` takes it. */
export const withoutEnd = (beginning: string): string => beginning.replace(/-$/, '');

/**
 * Makes sure that the gateway behaves as was meant: `lost-onec-…` would select `lost-`.
 *
 * @param behaviour without the hyphen at its end
 * @param noRefund the number that begins with it
 * @throws Unusable that names the nearest ones
 */
export async function assertKnown(
  behaviour: string,
  noRefund: string,
  control: SandboxControl,
  texts: Texts,
): Promise<void> {
  const [selected] = await control.behaviours(noRefund);
  if (selected && isWhole(behaviour, selected)) return;
  const nearest = nearestTo(behaviour, await control.behaviours()).join(', ');
  throw new Unusable(filled(texts.noBehaviour, { behaviour, nearest }));
}

const isWhole = (behaviour: string, { beginning }: GatewayBehaviour): boolean =>
  new RegExp(`^${withoutEnd(beginning).replace(/N/g, '\\d')}$`).test(behaviour);

function nearestTo(behaviour: string, all: GatewayBehaviour[]): string[] {
  const named = all.map(({ example }) => withoutEnd(example));
  const far = (name: string) => distance(wordsOf(behaviour), wordsOf(name));
  return named.sort((a, b) => far(a) - far(b)).slice(0, NAMED);
}

/** Without digits: any digits are as near as any others. */
const wordsOf = (name: string): string => name.replace(/\d/g, '').replace(/-$/, '');

/** Lists what the gateway can be made to do. */
export async function showBehaviours(control: SandboxControl, json: boolean | undefined): Promise<void> {
  const behaviours = await control.behaviours();
  const shown = screen();
  if (json) return shown.json({ behaviours });
  for (const row of aligned(
    behaviours.map(({ beginning, text }) => [withoutEnd(beginning), text].map(plain)),
  ))
    shown.print(row);
}
