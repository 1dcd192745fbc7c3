import type { Log } from '../../shared/app/ports.ts';

/** A log that the test can read. */
export function keptLog() {
  const lines: { level: string; requestId: string; decision: string; facts: object | undefined }[] = [];
  const logFor = (requestId: string): Log => {
    const at = (level: string) => (decision: string, facts?: object) => {
      lines.push({ level, requestId, decision, facts });
    };
    return { info: at('info'), warn: at('warn'), error: at('error') };
  };
  return { lines, logFor };
}
