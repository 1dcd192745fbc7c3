import type { Samples } from './round.ts';

export type Measure = keyof typeof MEASURES;

/** What is measured, in which unit, and whose figure is the 1 of the ratios. */
export const MEASURES = {
  bytes: { title: 'bundle that applies for refunds', unit: 'KB', base: 'floor' },
  load: { title: 'CPU to load it', unit: 'ms', base: 'floor' },
  instructions: {
    title: "instructions to load it, without Node.js's own start",
    unit: 'million',
    base: 'floor',
  },
  loadAndFirst: { title: 'CPU to load it, and of the first refund', unit: 'ms', base: 'bare' },
  firstInstructions: { title: 'instructions of both', unit: 'million', base: 'bare' },
  refund: { title: 'CPU of a warm refund', unit: 'ms', base: 'bare' },
  repeated: { title: 'CPU of a repeated application', unit: 'ms', base: 'bare' },
  notification: { title: 'CPU of a warm notification', unit: 'ms', base: 'bare' },
  check: { title: 'CPU of one check by the schedule', unit: 'ms', base: 'bare' },
  resident: { title: 'resident memory after 300 refunds', unit: 'MiB', base: 'bare' },
} as const;

/** Those that are compared, by how tables and pictures call them. */
export const SUBJECTS = {
  floor: 'bare SDK clients',
  bare: 'bare calls',
  trimmed: 'bare calls, SDK trimmed',
  peer: 'peer',
  service: 'this service',
} as const;

export type SubjectName = keyof typeof SUBJECTS;

/** A median with its quartiles; of one sample they are the same. */
export type Figure = [lower: number, median: number, upper: number];

export interface Figures {
  node: string;
  cpu: string;
  rounds: number;
  values: Record<string, Record<string, Figure>>;
}

/** The figures of all samples of each measure and subject. */
export function figuresOf(rounds: Record<string, Samples>[]): Figures['values'] {
  const values: Figures['values'] = {};
  for (const measure of Object.keys(MEASURES) as Measure[]) {
    for (const subject of Object.keys(SUBJECTS)) {
      const samples = rounds.flatMap((round) => round[subject]?.[measure] ?? []);
      if (samples.length > 0) values[measure] = { ...values[measure], [subject]: figureOf(samples) };
    }
  }
  return values;
}

function figureOf(samples: number[]): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return rounded(below + (above - below) * (place % 1));
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/** To four digits: more of them say nothing. */
const rounded = (number: number) => Number(number.toPrecision(4));

/** A figure as people read it. */
export function shown(number: number): string {
  if (number >= 100) return number.toFixed(0);
  return number >= 10 ? number.toFixed(1) : number.toFixed(2);
}

/** The figures as a table of Markdown: median, quartiles, and the ratio to the measure's base. */
export function tableOf({ values }: Figures): string {
  const subjects = Object.keys(SUBJECTS) as SubjectName[];
  const rows = (Object.keys(MEASURES) as Measure[])
    .filter((measure) => values[measure])
    .map((measure) => {
      const { title, unit, base } = MEASURES[measure];
      const of = values[measure] ?? {};
      const cells = subjects.map((subject) => cell(of[subject], of[base]));
      return [`${title}, ${unit}`, ...cells, ratio(of.service, of.peer)];
    });
  const head = ['', ...subjects.map((subject) => SUBJECTS[subject]), 'this service ÷ peer'];
  return [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`.replace('|  |', '| |'))
    .join('\n');
}

function cell(figure: Figure | undefined, base: Figure | undefined): string {
  if (!figure) return '–';
  const [lower, median, upper] = figure.map(shown);
  const quartiles = lower === upper ? '' : ` (${lower} to ${upper})`;
  return `${median}${quartiles}, **${ratio(figure, base)}**`;
}

const ratio = (figure: Figure | undefined, base: Figure | undefined): string =>
  figure && base ? (figure[1] / base[1]).toFixed(2) : '–';

/** The median of samples, as they are. */
export const medianOf = (samples: number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
