import type { Mark as MarkProps } from './timeline-layout.ts';

const RADIUS = 10;

/** One mark, with a line to the axis. A click leads to what it stands for in the list. */
export function Mark({ mark, y, toY }: { mark: MarkProps; y: number; toY: number }) {
  const { x, label, tone, title, lane, more } = mark;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the list below has the same for the keyboard.
    <g class={`mark ${tone}`} onClick={() => showEntry(`${lane === 'books' ? 'event' : 'entry'}-${label}`)}>
      <title>{title}</title>
      <path class="stem" d={`M${x} ${y}V${toY}`} />
      {more > 0 && (
        <text x={x} y={y - 14}>
          +{more}
        </text>
      )}
      <circle cx={x} cy={y} r={RADIUS} />
      <text x={x} y={y + 4}>
        {label}
      </text>
    </g>
  );
}

function showEntry(id: string): void {
  const entry = document.getElementById(id);
  entry?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  entry?.focus({ preventScroll: true });
}
