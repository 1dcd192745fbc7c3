/** What CloudWatch judges by, as an alarm of the template has it. */
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

/** A measurement: when it was made, and when CloudWatch has it at last; minutes. */
export interface Sample {
  readonly atMinute: number;
  readonly value: number;
  readonly knownAtMinute: number;
}

/** How many periods more than it needs CloudWatch looks back over, in the examples of its manual. */
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
 * Whether an alarm is in the state ALARM, by the measurements that are known at a minute. Periods begin at multiples
 * of their length; the one that hasn't ended isn't judged.
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
  return judge(rule, periods.reverse());
}

/**
 * Judges periods, the oldest first; `undefined` is one without data. CloudWatch takes the newest that have data, and
 * fills up what is missing to the number that it evaluates ("Configuring how CloudWatch alarms treat missing data").
 */
export function judge(rule: AlarmRule, periods: readonly (number | undefined)[]): boolean {
  const measured = periods.filter((value) => value !== undefined).slice(-rule.EvaluationPeriods);
  const breaching = measured.filter((value) => comparisons[rule.ComparisonOperator](value, rule.Threshold));
  const missing = rule.EvaluationPeriods - measured.length;
  const filled = rule.TreatMissingData === 'breaching' ? missing : 0;
  return breaching.length + filled >= rule.DatapointsToAlarm;
}
