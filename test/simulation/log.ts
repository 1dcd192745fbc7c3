import type { Facts, Log, Metric } from '../../shared/app/ports.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** One line of a process's log. */
export interface Line {
  process: Process;
  level: 'info' | 'warn' | 'error';
  decision: string;
  facts: Facts;
}

/** The product's own lines: kept, since they are held to account, and a part of the history. */
export function logOf(world: World, process: Process): Log {
  const line =
    (level: Line['level']) =>
    (decision: string, facts: Facts = {}) => {
      const told = { process, level, decision, facts };
      process.lines.push(told);
      world.lines.push(told);
      world.history.tell(process.name, () => `logs (${level}) "${decision}" ${JSON.stringify(facts)}`);
      world.checks.onLine(told);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}

/** How often a metric was counted for a refund. */
export function counted(lines: Line[], metric: Metric, noRefund: string): number {
  return lines.reduce(
    (sum, { facts }) => sum + (facts.no_refund === noRefund ? (facts.metrics?.[metric] ?? 0) : 0),
    0,
  );
}
