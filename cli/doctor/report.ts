import { type Paint, plain } from '../output.ts';
import type { Finding, Verdict } from './finding.ts';

const COLOURS = { ok: 'green', warning: 'bold', fault: 'red' } as const;

const countOf = (findings: Finding[], verdict: Verdict): number =>
  findings.filter((finding) => finding.verdict === verdict).length;

/** The findings for programs. */
export function reportAsJson(title: string, findings: Finding[]): string {
  const counts = { faults: countOf(findings, 'fault'), warnings: countOf(findings, 'warning') };
  return JSON.stringify({ looked_at: title, ...counts, findings }, null, 2);
}

/** The findings for people, one line each. */
export function reportAsText(title: string, findings: Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const line = ({ check, verdict, what, todo }: Finding) =>
    `${paint(COLOURS[verdict], verdict.padEnd(7))}  ${check.padEnd(width)}  ${plain(todo ? `${what}. ${todo}.` : `${what}.`)}`;
  const faults = countOf(findings, 'fault');
  const end = `Found ${counted(faults, 'fault')} and ${counted(countOf(findings, 'warning'), 'warning')}.`;
  return [
    paint('bold', `Looking at ${title}; nothing is changed.`),
    ...findings.map(line),
    paint(faults > 0 ? 'red' : 'green', end),
  ].join('\n');
}

const counted = (count: number, what: string): string => `${count || 'no'} ${what}${count === 1 ? '' : 's'}`;
