import type { Log } from '../app/ports.ts';

/**
 * One structured line per decision. Where Lambda writes its JSON log format it adds time, level and request id by
 * itself and takes the facts as an object. Elsewhere the line is made here, on standard error: standard output is
 * for a function's answer.
 */
export function logger(environment: Record<string, string | undefined>, common: object): Log {
  const isLambdaJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (decision: string, facts: object = {}) => {
      const entry = { decision, ...facts, ...common };
      if (isLambdaJson) console[level](entry);
      else console.error(JSON.stringify({ level, ...entry }));
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
