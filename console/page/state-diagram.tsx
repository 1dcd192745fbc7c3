import type { RefundStatus } from '../../client/types.ts';
import { useTexts } from './language.ts';
import { Scrolled } from './scrolled.tsx';
import { filled } from './texts/language.ts';

const PLACES: Record<RefundStatus, [x: number, y: number]> = {
  REQUESTED: [80, 100],
  INITIALIZED: [240, 40],
  PROCESSING: [400, 100],
  SUCCEEDED: [560, 40],
  FAILED: [560, 160],
  REJECTED: [240, 160],
};

const [WIDTH, HEIGHT] = [124, 34];

type Arrow = `${RefundStatus} ${RefundStatus}`;

/** What usually follows what. Another way is drawn only where a refund has taken it. */
const USUAL: Arrow[] = [
  'REQUESTED INITIALIZED',
  'REQUESTED PROCESSING',
  'REQUESTED REJECTED',
  'REJECTED REQUESTED',
  'INITIALIZED PROCESSING',
  'PROCESSING SUCCEEDED',
  'PROCESSING FAILED',
];

/** The statuses with the way that a refund took. */
export function StateDiagram({ way }: { way: RefundStatus[] }) {
  const texts = useTexts();
  const taken = way.slice(1).map((to, index): Arrow => `${way[index] ?? to} ${to}`);
  const arrows = [...new Set([...USUAL, ...taken])];
  const says = filled(texts.statesSays, { way: way.join(' → ') });
  return (
    <section aria-labelledby="states">
      <h2 id="states">{texts.states}</h2>
      <figure>
        <Scrolled kind="states">
          <svg viewBox="0 0 640 200" role="img" aria-label={says}>
            <ArrowHeads />
            {arrows.map((arrow) => (
              <path
                key={arrow}
                class={taken.includes(arrow) ? 'arrow taken' : 'arrow'}
                d={curve(arrow)}
                marker-end={taken.includes(arrow) ? 'url(#head-taken)' : 'url(#head)'}
              />
            ))}
            {(Object.keys(PLACES) as RefundStatus[]).map((status) => (
              <State
                key={status}
                status={status}
                isOnWay={way.includes(status)}
                isLast={way.at(-1) === status}
              />
            ))}
          </svg>
        </Scrolled>
        <figcaption>{says}</figcaption>
      </figure>
    </section>
  );
}

function ArrowHeads() {
  return (
    <defs>
      {['head', 'head-taken'].map((id) => (
        <marker
          key={id}
          id={id}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="6"
          markerHeight="6"
          orient="auto"
        >
          <path class={id} d="M0 0L8 4L0 8z" />
        </marker>
      ))}
    </defs>
  );
}

function State({ status, isOnWay, isLast }: { status: RefundStatus; isOnWay: boolean; isLast: boolean }) {
  const [x, y] = PLACES[status];
  const kind = ['state', status, isOnWay ? 'on-way' : '', isLast ? 'last' : ''].join(' ');
  return (
    <g class={kind}>
      <rect x={x - WIDTH / 2} y={y - HEIGHT / 2} width={WIDTH} height={HEIGHT} rx={8} />
      <text x={x} y={y + 5}>
        {status}
      </text>
    </g>
  );
}

/** From the edge of one state to the edge of the other, bent a little, so that there and back are two lines. */
function curve(arrow: Arrow): string {
  const [from, to] = arrow.split(' ') as [RefundStatus, RefundStatus];
  const [start, end] = [edge(PLACES[from], PLACES[to]), edge(PLACES[to], PLACES[from])];
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const bend = 0.14;
  const middle = [(start[0] + end[0]) / 2 - dy * bend, (start[1] + end[1]) / 2 + dx * bend];
  return `M${start.join(' ')}Q${middle.join(' ')} ${end.join(' ')}`;
}

/** Where the line from the middle of a state to another point leaves it. */
function edge([x, y]: [number, number], [toX, toY]: [number, number]): [number, number] {
  const [dx, dy] = [toX - x, toY - y];
  const scale = Math.min(WIDTH / 2 / Math.abs(dx || 1), HEIGHT / 2 / Math.abs(dy || 1));
  return [x + dx * scale, y + dy * scale];
}
