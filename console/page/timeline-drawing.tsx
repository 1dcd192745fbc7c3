import { duration, since } from './format.ts';
import { useTexts } from './language.ts';
import type { TimelineProps } from './timeline.tsx';
import {
  type Band,
  type Lane,
  levelsOf,
  placed,
  type Scale,
  type Span,
  scaleOf,
  ticksOf,
  waitsIn,
} from './timeline-layout.ts';
import { Mark } from './timeline-mark.tsx';

interface DrawingProps extends TimelineProps {
  span: Span;
  beginMs: number;
  width: number;
  label: string;
}

const LEVEL = 24;
/** Waits, and above the highest mark the count of those without a place. */
const WAITS = 24;
const BAND = 26;
const AXIS = 24;
/** The lanes' names stand above their marks. */
const NAME = 16;

/** The picture of a span of time. Lanes grow with what stands in them. */
export function Drawing({ moments, bands, nowMs, nextMs, span, beginMs, width, label }: DrawingProps) {
  const texts = useTexts();
  const scale = scaleOf(span, width);
  const planned: typeof moments =
    nextMs === undefined
      ? []
      : [{ atMs: nextMs, lane: 'service', label: '?', tone: 'working', title: texts.nextMark }];
  const marks = placed([...moments, ...planned], span, scale);
  const heightOf = (lane: Lane) => levelsOf(marks, lane) * LEVEL;
  const bandY = WAITS + NAME + Math.max(LEVEL, heightOf('service'));
  const axisY = bandY + BAND;
  const gatewayY = axisY + AXIS;
  const booksY = gatewayY + NAME + Math.max(LEVEL, heightOf('gateway')) + 6;
  const books = heightOf('books');
  const height = books ? booksY + NAME + books : booksY;
  const centre = {
    service: (level: number) => bandY - LEVEL * (level + 0.5) - 2,
    ...below(gatewayY, booksY),
  };
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <Waits waits={waitsIn([...moments, ...planned], span)} scale={scale} />
      <Bands bands={bands} span={span} scale={scale} y={bandY} nowMs={nowMs} nextMs={nextMs} />
      <Axis
        ticks={ticksOf(span, beginMs, width)}
        scale={(ms) => scale(ms + beginMs)}
        y={axisY}
        width={width}
      />
      <text class="lane" x={4} y={WAITS + 12}>
        {texts.laneService}
      </text>
      <text class="lane" x={4} y={gatewayY + 12}>
        {texts.laneGateway}
      </text>
      {books > 0 && (
        <text class="lane" x={4} y={booksY + 12}>
          {texts.laneBooks}
        </text>
      )}
      {marks.map((mark) => (
        <Mark
          key={`${mark.lane} ${mark.label}`}
          mark={mark}
          y={centre[mark.lane](mark.level)}
          toY={mark.lane === 'service' ? bandY : axisY}
        />
      ))}
      {nowMs !== undefined && <Now x={scale(nowMs)} y={WAITS} toY={axisY} text={texts.nowMark} />}
    </svg>
  );
}

const below = (gatewayY: number, booksY: number) => ({
  gateway: (level: number) => gatewayY + NAME + LEVEL * (level + 0.5),
  books: (level: number) => booksY + NAME + LEVEL * (level + 0.5),
});

function Waits({ waits, scale }: { waits: Span[]; scale: Scale }) {
  return (
    <g class="waits">
      {waits.map(({ fromMs, toMs }) => {
        const [x, end] = [scale(fromMs), scale(toMs)];
        const text = duration(toMs - fromMs);
        return (
          <g key={fromMs}>
            <path d={`M${x + 1} 14V7H${end - 1}V14`} />
            {end - x > 40 && (
              <text x={(x + end) / 2} y={WAITS}>
                {text}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

interface BandsProps {
  bands: Band[];
  span: Span;
  scale: Scale;
  y: number;
  nowMs: number | undefined;
  nextMs: number | undefined;
}

function Bands({ bands, span, scale, y, nowMs, nextMs }: BandsProps) {
  const clipped = (ms: number) => scale(Math.min(span.toMs, Math.max(span.fromMs, ms)));
  const future = nowMs !== undefined && nextMs !== undefined && nextMs > nowMs;
  return (
    <g class="bands">
      {bands.map(({ fromMs, toMs, status }) => {
        const [x, end] = [clipped(fromMs), clipped(toMs)];
        return (
          <g key={fromMs}>
            <rect class={`band ${status}`} x={x} y={y} width={Math.max(2, end - x)} height={BAND} />
            {end - x > 9 * status.length && (
              <text x={(x + end) / 2} y={y + 17}>
                {status}
              </text>
            )}
          </g>
        );
      })}
      {future && (
        <rect
          class="future"
          x={clipped(nowMs)}
          y={y}
          width={clipped(nextMs) - clipped(nowMs)}
          height={BAND}
        />
      )}
    </g>
  );
}

function Axis({ ticks, scale, y, width }: { ticks: number[]; scale: Scale; y: number; width: number }) {
  return (
    <g class="axis">
      <path d={`M0 ${y}H${width}`} />
      {ticks.map((ms) => (
        <g key={ms}>
          <path d={`M${scale(ms)} ${y}v5`} />
          <text x={Math.min(width - 18, Math.max(14, scale(ms)))} y={y + 17}>
            {since(ms)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Now({ x, y, toY, text }: { x: number; y: number; toY: number; text: string }) {
  return (
    <g class="now">
      <path d={`M${x} ${y}V${toY}`} />
      <text x={x - 3} y={y + 9}>
        {text}
      </text>
    </g>
  );
}
