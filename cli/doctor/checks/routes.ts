import { about, type Finding } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('routes');

const PATIENCE_MS = 10_000;

/** Whether the sandbox's functions answer. A deployed API wants signed requests: its alarms tell of it. */
export async function checkRoutes({ sandboxUrl }: Setup): Promise<Finding[]> {
  if (!sandboxUrl) return [];
  try {
    const url = `${sandboxUrl}/refunds?open=true&limit=1`;
    const { status } = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return status === 200
      ? [report.ok(`${sandboxUrl} answers`)]
      : [report.fault(`${sandboxUrl} answers ${status}`, "Look at the functions' log in .sandbox/")];
  } catch (error) {
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    return [report.fault(`${sandboxUrl} gives no answer (${reason})`, 'Start it again with npm start')];
  }
}
