import { readFileSync, writeFileSync } from 'node:fs';
import { type Figures, tableOf } from './figures.ts';
import { svgOf } from './svg.ts';

const FIGURES = 'docs/bench.json';
const PICTURE = 'docs/bench.svg';
const PAGE = 'docs/performance.md';

/** The page's table stands between its head and the next empty line. */
const TABLE = /^\| \| bare SDK clients \|(?:.+\n)+/m;

/** What is published of the figures, each file with its text. */
export function publications(figures: Figures): Record<string, string> {
  const page = readFileSync(PAGE, 'utf8');
  if (!TABLE.test(page)) throw new Error(`${PAGE} has no table of the comparison`);
  return {
    [FIGURES]: `${jsonOf(figures)}\n`,
    [PICTURE]: svgOf(figures),
    [PAGE]: page.replace(TABLE, () => `${tableOf(figures)}\n`),
  };
}

/** JSON with each figure on one line. */
const jsonOf = (figures: Figures): string =>
  JSON.stringify(figures, null, 2).replace(/\[[^\]]+\]/g, (figure) =>
    figure.replace(/\s+/g, ' ').replace(/\[ | \]/g, (end) => end.trim()),
  );

/** The figures that were published last. */
export const publishedFigures = (): Figures => JSON.parse(readFileSync(FIGURES, 'utf8'));

export function publish(figures: Figures): void {
  for (const [file, text] of Object.entries(publications(figures))) {
    writeFileSync(file, text);
    console.log(`  wrote ${file}`);
  }
}
