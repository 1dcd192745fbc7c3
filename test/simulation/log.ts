import type { Log } from '../../shared/app/ports.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** The product's own lines, as part of the history. */
export function logOf({ history }: World, process: Process): Log {
  const line =
    (level: string) =>
    (decision: string, facts: object = {}) =>
      history.tell(process.name, () => `${level} "${decision}" ${JSON.stringify(facts)}`);
  return { info: line('logs'), warn: line('warns'), error: line('logs an error:') };
}
