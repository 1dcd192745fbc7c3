import {
  type Figure,
  type Figures,
  MEASURES,
  type Measure,
  SUBJECTS,
  type SubjectName,
  shown,
} from './figures.ts';

/** What the picture shows: the table of docs/performance.md has all of it. */
const SHOWN: Measure[] = [
  'bytes',
  'load',
  'loadAndFirst',
  'refund',
  'repeated',
  'notification',
  'check',
  'resident',
];
const BARS: SubjectName[] = ['floor', 'bare', 'service', 'peer'];

const WIDTH = 760;
const LEFT = 24;
/** Of the longest bar of each measure; its figure stands behind it. */
const LONGEST = 480;
const BAR = 14;
const GAP = 4;
const LABEL = 26;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .small { font-size: 12px; fill: #59636e; }
  .floor { fill: #afb8c1; } .bare { fill: #7d8590; } .service { fill: #0969da; } .peer { fill: #bc4c00; }
  .background { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .floor { fill: #4d555e; } .bare { fill: #7d8590; } .service { fill: #4493f8; } .peer { fill: #db6d28; }
    .background { fill: #0d1117; }
  }`;

/** The figures as a bar chart: each measure has a scale of its own, from 0 to its longest bar. */
export function svgOf(figures: Figures): string {
  let y = 64;
  const groups = SHOWN.flatMap((measure) => {
    const of = figures.values[measure];
    if (!of) return [];
    const group = groupOf(measure, of, y);
    y += group.height;
    return group.lines;
  });
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" role="img" aria-labelledby="title desc">`,
    '<title id="title">What this service costs beside bare calls and beside a peer</title>',
    `<desc id="desc">${descriptionOf(figures)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="background" width="${WIDTH}" height="${y + 8}" rx="6"/>`,
    ...legend(),
    ...groups,
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function legend(): string[] {
  return BARS.flatMap((subject, index) => {
    const x = LEFT + index * 150;
    return [
      `<rect class="${subject}" x="${x}" y="20" width="${BAR}" height="${BAR}" rx="2"/>`,
      `<text x="${x + BAR + 6}" y="32">${SUBJECTS[subject]}</text>`,
    ];
  });
}

function groupOf(measure: Measure, of: Record<string, Figure>, top: number) {
  const { title, unit } = MEASURES[measure];
  const bars = BARS.filter((subject) => of[subject]);
  const longest = Math.max(...bars.map((subject) => of[subject]?.[1] ?? 0));
  const lines = [`<text class="title" x="${LEFT}" y="${top}">${title}, ${unit}</text>`];
  bars.forEach((subject, index) => {
    const median = of[subject]?.[1] ?? 0;
    const width = Math.max(1, Math.round((LONGEST * median) / longest));
    const y = top + 8 + index * (BAR + GAP);
    lines.push(
      `<rect class="${subject}" x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
      `<text class="small" x="${LEFT + width + 8}" y="${y + BAR - 3}">${shown(median)}</text>`,
    );
  });
  return { lines, height: LABEL + bars.length * (BAR + GAP) + 14 };
}

/** The picture in words, for those who can't see it. */
function descriptionOf({ values, rounds, node }: Figures): string {
  const sentences = SHOWN.filter((measure) => values[measure]).map((measure) => {
    const { title, unit } = MEASURES[measure];
    const figures = BARS.flatMap((subject) => {
      const figure = values[measure]?.[subject];
      return figure ? `${SUBJECTS[subject]} ${shown(figure[1])}` : [];
    });
    return `${title}, ${unit}: ${figures.join(', ')}.`;
  });
  return [`Medians of ${rounds} rounds on Node.js ${node}.`, ...sentences].join(' ');
}
