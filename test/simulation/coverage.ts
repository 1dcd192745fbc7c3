import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a run has not reached of one file. */
interface Uncovered {
  file: string;
  places: string[];
}

/** The branches of `shared/app` that a run reaches, as V8 counts them; Node strips types in place, so positions are the source's. */
export async function measured(work: () => Promise<void>): Promise<Uncovered[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  return result.filter(({ url }) => url.includes('/shared/app/')).map(uncoveredIn);
}

function uncoveredIn({ url, functions }: Profiler.ScriptCoverage): Uncovered {
  const path = fileURLToPath(url);
  const text = readFileSync(path, 'utf8');
  const ranges = functions.flatMap(({ ranges }) => ranges).filter(({ count }) => count === 0);
  const outer = ranges.filter((range) => !ranges.some((other) => other !== range && contains(other, range)));
  const places = outer
    .sort((a, b) => a.startOffset - b.startOffset)
    .map(({ startOffset, endOffset }) => place(text, startOffset, endOffset))
    .filter((place) => place !== undefined);
  return { file: path.slice(path.indexOf(join('shared', 'app'))), places };
}

function contains(outer: Profiler.CoverageRange, inner: Profiler.CoverageRange): boolean {
  return outer.startOffset <= inner.startOffset && inner.endOffset <= outer.endOffset;
}

/** `12-15: the beginning of the text`; nothing where only brackets and blanks weren't reached. */
function place(text: string, start: number, end: number): string | undefined {
  const code = text.slice(start, end).replace(/\s+/g, ' ').trim();
  if (!/\w/.test(code)) return undefined;
  const line = (offset: number) => text.slice(0, offset).split('\n').length;
  const from = line(start + text.slice(start, end).search(/\S/));
  const to = line(end);
  return `${from === to ? from : `${from}-${to}`}: ${code.slice(0, 90)}`;
}

/** The files with what was not reached, to be read. */
export function coverageReport(uncovered: Uncovered[]): string {
  const sorted = [...uncovered].sort((a, b) => (a.file < b.file ? -1 : 1));
  return sorted
    .map(({ file, places }) =>
      places.length === 0
        ? `${file}: everything was reached`
        : [`${file}: not reached`, ...places].join('\n    '),
    )
    .join('\n');
}
