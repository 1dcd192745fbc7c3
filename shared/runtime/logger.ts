import type { Facts, Log } from '../app/ports.ts';
import { embeddedMetrics } from './metrics.ts';

/**
 * One structured line per decision. Where Lambda writes its JSON log format, it adds time, level and request id to what
 * is told to the console. A line with metrics goes past it, in the same form: CloudWatch finds metrics at the top of a
 * line only, and Lambda would wrap them. Elsewhere lines are made here, on standard error: standard output is for a
 * function's answer.
 */
export function logger(environment: Record<string, string | undefined>, common: { request_id: string }): Log {
  const isLambdaJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (decision: string, { metrics, ...facts }: Facts = {}) => {
      const message = { decision, ...facts, ...common };
      if (!isLambdaJson) console.error(JSON.stringify({ level, ...message, metrics }));
      else if (!metrics) console[level](message);
      else {
        const now = new Date();
        const told = {
          timestamp: now.toISOString(),
          level: level.toUpperCase(),
          requestId: common.request_id,
          message,
          ...embeddedMetrics(metrics, environment.STAGE ?? '', now.getTime()),
        };
        process.stdout.write(`${JSON.stringify(told)}\n`);
      }
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
