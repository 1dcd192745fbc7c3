import { DECISIONS, type Decision } from '../app/decisions.ts';
import type { Log } from '../app/ports/context.ts';
import { embeddedMetrics } from './metrics.ts';

/**
 * One structured line per decision, with its code, its sentence and its metrics out of the table of decisions. Where
 * Lambda writes its JSON log format, it adds time, level and request id to what is told to the console. A line with
 * metrics goes past it, in the same form: CloudWatch finds metrics at the top of a line only, and Lambda would wrap them.
 * Elsewhere lines are made here, on standard error: standard output is for a function's answer.
 */
export function logger(environment: Record<string, string | undefined>, common: { request_id: string }): Log {
  const isLambdaJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  return (code, facts = {}, measured = {}) => {
    const { level, text, counts = [] }: Decision = DECISIONS[code];
    const message = { code, decision: text, ...facts, ...common };
    const metrics = { ...measured, ...Object.fromEntries(counts.map((name) => [name, 1])) };
    const isMeasured = Object.keys(metrics).length > 0;
    if (!isLambdaJson) {
      console.error(JSON.stringify({ level, ...message, metrics: isMeasured ? metrics : undefined }));
    } else if (!isMeasured) console[level](message);
    else {
      const now = new Date();
      const line = {
        timestamp: now.toISOString(),
        level: level.toUpperCase(),
        requestId: common.request_id,
        message,
        ...embeddedMetrics(metrics, environment.STAGE ?? '', now.getTime()),
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  };
}
