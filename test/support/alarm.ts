/** The properties of an alarm by which CloudWatch evaluates it. */
export interface AlarmRule {
  readonly Statistic: 'Sum' | 'Maximum' | 'SampleCount';
  /** Seconds. */
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly TreatMissingData: 'notBreaching' | 'breaching';
}

/** A measurement, with its time and the time when CloudWatch has it, minutes. */
export interface Sample {
  readonly atMinute: number;
  readonly value: number;
  readonly knownAtMinute: number;
}

/** CloudWatch evaluates this many periods more than an alarm has, in the examples of its manual. */
const EXTRA_PERIODS = 2;

const statistics: Record<AlarmRule['Statistic'], (values: number[]) => number> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};

const comparisons: Record<AlarmRule['ComparisonOperator'], (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/**
 * Whether an alarm is in the state ALARM, with the measurements that are known at a minute. Periods begin at multiples
 * of their length; the current one isn't evaluated.
 */
export function isInAlarm(rule: AlarmRule, samples: readonly Sample[], minute: number): boolean {
  const known = samples.filter(({ knownAtMinute }) => knownAtMinute <= minute);
  const minutes = rule.Period / 60;
  const ended = Math.floor(minute / minutes);
  const periods = Array.from({ length: rule.EvaluationPeriods + EXTRA_PERIODS }, (_, index) => {
    const end = (ended - index) * minutes;
    const values = known.filter(({ atMinute }) => atMinute >= end - minutes && atMinute < end);
    return values.length > 0 ? statistics[rule.Statistic](values.map(({ value }) => value)) : undefined;
  });
  return isBreached(rule, periods.reverse());
}

/**
 * Evaluates periods, the oldest first; `undefined` is one without data. CloudWatch takes the newest that have data, and
 * fills up to the number of evaluation periods ("Configuring how CloudWatch alarms treat missing data").
 */
export function isBreached(rule: AlarmRule, periods: readonly (number | undefined)[]): boolean {
  const measured = periods.filter((value) => value !== undefined).slice(-rule.EvaluationPeriods);
  const breaching = measured.filter((value) => comparisons[rule.ComparisonOperator](value, rule.Threshold));
  const missing = rule.EvaluationPeriods - measured.length;
  const filled = rule.TreatMissingData === 'breaching' ? missing : 0;
  return breaching.length + filled >= rule.DatapointsToAlarm;
}
