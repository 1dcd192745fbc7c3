import { duration, since } from './format.ts';
import type { Band, Scale, Span } from './timeline-layout.ts';

export const BAND = 26;
/** Waits, and above the highest mark the count of those without a place. */
export const WAITS = 24;

/** How long nothing happened. */
export function Waits({ waits, scale }: { waits: Span[]; scale: Scale }) {
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

/** The statuses one after the other, and the time until the next check. */
export function Bands({ bands, span, scale, y, nowMs, nextMs }: BandsProps) {
  const clipped = (ms: number) => scale(Math.min(span.toMs, Math.max(span.fromMs, ms)));
  const future = nowMs !== undefined && nextMs !== undefined && nextMs > nowMs;
  return (
    <g class="bands">
      {bands.map(({ fromMs, toMs, status }) => {
        const [x, end] = [clipped(fromMs), clipped(toMs)];
        return (
          <g key={`${fromMs} ${status}`}>
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

/** The times since the beginning. */
export function Axis({
  ticks,
  scale,
  y,
  width,
}: {
  ticks: number[];
  scale: Scale;
  y: number;
  width: number;
}) {
  return (
    <g class="axis">
      <path d={`M0 ${y}H${width}`} />
      {ticks.map((ms) => (
        <g key={ms}>
          <path d={`M${scale(ms)} ${y}v5`} />
          <text x={within(scale(ms), since(ms), width)} y={y + 17}>
            {since(ms)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** About half of the width of a sign, pixels. */
const HALF_SIGN = 3.3;

/** Where the middle of a text stands, so that all of it is seen. */
function within(x: number, text: string, width: number): number {
  const half = text.length * HALF_SIGN + 2;
  return Math.min(width - half, Math.max(half, x));
}
