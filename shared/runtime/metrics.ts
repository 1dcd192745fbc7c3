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
export function embeddedMetrics(metrics: Record<string, number>, stage: string, nowMs: number): object {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: unitOf(Name) }));
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Stage']], Metrics }],
    },
    Stage: stage,
    ...metrics,
  };
}
