import { DECISIONS, type Decision } from '../../shared/app/decisions.ts';
import type { Log } from '../../shared/app/ports/context.ts';

/** A log line: the decision's entry in the table, and its facts. */
export interface LogLine {
  level: Decision['level'];
  requestId: string;
  code: string;
  decision: string;
  facts: { metrics?: Record<string, number>; [fact: string]: unknown };
}

/** A log that the test can read. */
export function captureLog() {
  const lines: LogLine[] = [];
  const logFor =
    (requestId: string): Log =>
    (code, facts, measured) => {
      const { level, text, counts = [] }: Decision = DECISIONS[code];
      const metrics = { ...measured, ...Object.fromEntries(counts.map((name) => [name, 1])) };
      const isMeasured = Object.keys(metrics).length > 0;
      lines.push({
        level,
        requestId,
        code,
        decision: text,
        facts: { ...facts, ...(isMeasured && { metrics }) },
      });
    };
  return { lines, logFor };
}
