import type { Facts, Metric } from '../app/ports.ts';

const NAMESPACE = 'LianLianRefunds';

/** A metric's unit in CloudWatch's words, by the end of its name. */
function unitOf(name: string): string {
  if (name.endsWith('Ms')) return 'Milliseconds';
  return name.endsWith('Seconds') ? 'Seconds' : 'Count';
}

/**
 * The metrics of a decision in CloudWatch's embedded metric format, which CloudWatch takes out of the log.
 * The stage is in the functions' names, so it is the only dimension.
 */
export function embeddedMetrics(
  metrics: NonNullable<Facts['metrics']>,
  stage: string,
  nowMs: number,
): object {
  const names = Object.keys(metrics) as Metric[];
  const Metrics = names.map((Name) => ({ Name, Unit: unitOf(Name) }));
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Stage']], Metrics }],
    },
    Stage: stage,
    ...metrics,
  };
}
