import type { Facts, Log } from '../app/ports.ts';
import { embeddedMetrics } from './metrics.ts';

/**
 * One structured line per decision. Where Lambda writes its JSON log format it adds time, level and request id by
 * itself and takes the facts as an object; metrics go past it, since it would wrap them. Elsewhere the line is made
 * here, on standard error: standard output is for a function's answer.
 */
export function logger(environment: Record<string, string | undefined>, common: object): Log {
  const isLambdaJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (decision: string, { metrics, ...facts }: Facts = {}) => {
      const entry = { decision, ...facts, ...common };
      if (!isLambdaJson) {
        console.error(JSON.stringify({ level, ...entry, metrics }));
        return;
      }
      console[level](entry);
      const stage = environment.STAGE ?? '';
      if (metrics) process.stdout.write(`${embeddedMetrics(metrics, stage, Date.now())}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
