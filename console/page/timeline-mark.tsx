import type { Mark as MarkProps } from './timeline-layout.ts';

const RADIUS = 10;
const DENSE_RADIUS = 5;

/** One mark. A click leads to what it stands for in the list. */
export function Mark({ mark, y, isDense }: { mark: MarkProps; y: number; isDense: boolean }) {
  const { x, label, tone, title, lane, more } = mark;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the list below has the same for the keyboard.
    <g class={`mark ${tone}`} onClick={() => showEntry(`${lane === 'books' ? 'event' : 'entry'}-${label}`)}>
      <title>{title}</title>
      <circle cx={x} cy={y} r={isDense ? DENSE_RADIUS : RADIUS} />
      {!isDense && (
        <text x={x} y={y + 4}>
          {label}
        </text>
      )}
      {!isDense && more > 0 && (
        <text x={x} y={y - 14}>
          +{more}
        </text>
      )}
    </g>
  );
}

function showEntry(id: string): void {
  const entry = document.getElementById(id);
  entry?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  entry?.focus({ preventScroll: true });
}
