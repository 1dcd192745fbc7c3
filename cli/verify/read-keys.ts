import type { KeyObject } from 'node:crypto';
import { lianlianKeysOf } from '../../shared/signing/key-secrets.ts';
import { UnusableInput } from './story.ts';

/**
 * The gateway's keys in texts, each in any form that the service's secret may have.
 *
 * @param onFault told of a part that can't be used, where the rest serves
 * @throws UnusableInput where a text holds no usable key
 */
export function readKeys(
  texts: { name: string; text: string }[],
  onFault: (fault: string) => void,
): KeyObject[] {
  return texts.flatMap(({ name, text }) => {
    try {
      return lianlianKeysOf(text.replace(/^\uFEFF/, ''), (fault) => onFault(`${name} ${fault}`));
    } catch (error) {
      throw new UnusableInput(`${name} ${(error as Error).message}`);
    }
  });
}
