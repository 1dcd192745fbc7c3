import { useTexts } from './language.ts';
import {
  type Band,
  type Lane,
  levelsOf,
  type Moment,
  type Mark as PlacedMark,
  placed,
  type Span,
  scaleOf,
  ticksOf,
  waitsIn,
} from './timeline-layout.ts';
import { Mark } from './timeline-mark.tsx';
import { Now } from './timeline-now.tsx';
import { Axis, BAND, Bands, WAITS, Waits } from './timeline-parts.tsx';

export interface TimelineProps {
  moments: Moment[];
  bands: Band[];
  /** The present, where the refund isn't over. */
  nowMs?: number;
  /** The next check. */
  nextMs?: number;
}

interface DrawingProps extends TimelineProps {
  span: Span;
  beginMs: number;
  width: number;
  label: string;
}

/** More marks than these have no numbers: they would run into each other. */
export const NUMBERED = 80;

const LEVEL = 24;
const AXIS = 24;
/** The lanes' names stand above their marks. */
const NAME = 16;

/** The picture of a span of time. Lanes grow with what stands in them. */
export function Drawing({ moments, bands, nowMs, nextMs, span, beginMs, width, label }: DrawingProps) {
  const texts = useTexts();
  const scale = scaleOf(span, width);
  const all = nextMs === undefined ? moments : [...moments, plannedAt(nextMs, texts.nextMark)];
  const marks = placed(all, span, scale);
  const { height, bandY, axisY, names, centreOf } = heightsFor(marks);
  const stemOf = (mark: PlacedMark) =>
    `M${mark.x} ${centreOf(mark)}V${mark.lane === 'service' ? bandY : axisY}`;
  const laneNames = { service: texts.laneService, gateway: texts.laneGateway, books: texts.laneBooks };
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {/* First: no line goes through a mark that stands between. */}
      <path class="stem" d={marks.map(stemOf).join('')} />
      <Waits waits={waitsIn(all, span)} scale={scale} />
      <Bands bands={bands} span={span} scale={scale} y={bandY} nowMs={nowMs} nextMs={nextMs} />
      <Axis
        ticks={ticksOf(span, beginMs, width)}
        scale={(ms) => scale(ms + beginMs)}
        y={axisY}
        width={width}
      />
      {names.map(([lane, y]) => (
        <text key={lane} class="lane" x={4} y={y}>
          {laneNames[lane]}
        </text>
      ))}
      {marks.map((mark) => (
        <Mark
          key={`${mark.lane} ${mark.label}`}
          mark={mark}
          y={centreOf(mark)}
          isDense={marks.length > NUMBERED}
        />
      ))}
      {nowMs !== undefined && (
        <Now x={scale(nowMs)} y={WAITS} toY={axisY} text={texts.nowMark} width={width} />
      )}
    </svg>
  );
}

const plannedAt = (atMs: number, title: string): Moment => ({
  atMs,
  lane: 'service',
  label: '?',
  tone: 'working',
  title,
});

/** Where everything stands, from above: waits, the service's lane, the statuses, the axis, the gateway's lanes. */
function heightsFor(marks: readonly PlacedMark[]) {
  const heightOf = (lane: Lane) => levelsOf(marks, lane) * LEVEL;
  const bandY = WAITS + NAME + Math.max(LEVEL, heightOf('service'));
  const axisY = bandY + BAND;
  const gatewayY = axisY + AXIS;
  const booksY = gatewayY + NAME + Math.max(LEVEL, heightOf('gateway')) + 6;
  const books = heightOf('books');
  const names: [Lane, number][] = [
    ['service', WAITS + 12],
    ['gateway', gatewayY + 12],
  ];
  if (books > 0) names.push(['books', booksY + 12]);
  const centreOf = ({ lane, level }: PlacedMark) => {
    if (lane === 'service') return bandY - LEVEL * (level + 0.5) - 2;
    return (lane === 'gateway' ? gatewayY : booksY) + NAME + LEVEL * (level + 0.5);
  };
  return { height: books > 0 ? booksY + NAME + books : booksY, bandY, axisY, names, centreOf };
}
