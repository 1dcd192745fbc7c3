import type { Mark as MarkProps } from './timeline-layout.ts';

const RADIUS = 10;

/** One mark. A click leads to what it stands for in the list. */
export function Mark({ mark, y }: { mark: MarkProps; y: number }) {
  const { x, label, tone, title, lane, more } = mark;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the list below has the same for the keyboard.
    <g class={`mark ${tone}`} onClick={() => showEntry(`${lane === 'books' ? 'event' : 'entry'}-${label}`)}>
      <title>{title}</title>
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
