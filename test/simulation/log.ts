import type { Metric } from '../../shared/app/decisions.ts';
import { DECISIONS, type Decision } from '../../shared/app/decisions.ts';
import type { Facts, Log } from '../../shared/app/ports/context.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** One line of a process's log. */
export interface Line {
  process: Process;
  level: 'info' | 'warn' | 'error';
  decision: string;
  facts: Facts & { metrics?: Partial<Record<Metric, number>> };
}

/** The product's log: its lines are checked, and are a part of the history. */
export function logOf(world: World, process: Process): Log {
  return (code, facts = {}, measured = {}) => {
    const { level, text, counts = [] }: Decision = DECISIONS[code];
    const metrics = { ...measured, ...Object.fromEntries(counts.map((name) => [name, 1])) };
    const line: Line = { process, level, decision: text, facts: { ...facts, metrics } };
    process.lines.push(line);
    world.lines.push(line);
    world.history.add(process.name, () => `logs (${level}) ${code} ${JSON.stringify(line.facts)}`);
    world.checks.onLine(line);
  };
}

/** How often a metric was counted for a refund. */
export function counted(lines: Line[], metric: Metric, noRefund: string): number {
  return lines.reduce(
    (sum, { facts }) => sum + (facts.no_refund === noRefund ? (facts.metrics?.[metric] ?? 0) : 0),
    0,
  );
}
