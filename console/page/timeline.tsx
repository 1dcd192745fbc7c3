import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { duration, moment, since } from './format.ts';
import { useTexts } from './language.ts';
import { filled } from './texts/language.ts';
import { Drawing, NUMBERED, type TimelineProps } from './timeline-drawing.tsx';
import { endsOf, partsOf, type Span } from './timeline-layout.ts';

const isDense = ({ moments }: TimelineProps, { fromMs, toMs }: Span) =>
  moments.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).length > NUMBERED;

/** Everything that happened to a refund, on one time axis. The list of the page says the same in words. */
export function Timeline(props: TimelineProps) {
  const texts = useTexts();
  const [chosen, setChosen] = useState(-1);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const whole = spanOf(props);
  const ends = endsOf(props.moments);
  const parts = ends.length > 0 ? ends : partsOf(props.moments, whole);
  const begin = props.moments[0]?.atMs ?? whole.fromMs;
  const nameOf = ({ fromMs, toMs }: Span, index: number) => {
    const time = duration(toMs - fromMs);
    if (ends.length > 0)
      return index === 0 ? filled(texts.firstPart, { time }) : filled(texts.lastPart, { time });
    return filled(texts.part, { number: index + 1, from: since(Math.max(0, fromMs - begin)), time });
  };
  const span = parts[chosen] ?? whole;
  const between = { from: moment(iso(whole.fromMs)), to: moment(iso(whole.toMs)) };
  return (
    <section aria-labelledby="timeline">
      <div class="row">
        <h2 id="timeline">{texts.timeline}</h2>
        <PartChoice parts={parts} whole={whole} nameOf={nameOf} chosen={chosen} onChoose={setChosen} />
      </div>
      <div ref={place} class="timeline">
        <Drawing
          {...props}
          span={span}
          beginMs={begin}
          width={width}
          label={filled(texts.timelineSays, between)}
        />
      </div>
      <p class="hint">{isDense(props, span) ? texts.timelineDense : filled(texts.timelineSays, between)}</p>
    </section>
  );
}

interface PartChoiceProps {
  parts: Span[];
  whole: Span;
  nameOf(part: Span, index: number): string;
  /** The index of a part; −1 stands for the whole. */
  chosen: number;
  onChoose(index: number): void;
}

/** Which part of the time is drawn. */
function PartChoice({ parts, whole, nameOf, chosen, onChoose }: PartChoiceProps) {
  const texts = useTexts();
  if (parts.length === 0) return null;
  return (
    <label class="zoom">
      {texts.zoom}
      <select value={chosen} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        <option value={-1}>{filled(texts.wholeTime, { time: duration(whole.toMs - whole.fromMs) })}</option>
        {parts.map((part, index) => (
          <option key={part.fromMs} value={index}>
            {nameOf(part, index)}
          </option>
        ))}
      </select>
    </label>
  );
}

const iso = (ms: number) => new Date(ms).toISOString();

/** From the first moment to the last one, or to what will happen next. */
function spanOf({ moments, nowMs, nextMs }: TimelineProps): Span {
  const times = moments.map(({ atMs }) => atMs);
  const ends = [...times, ...(nowMs === undefined ? [] : [nowMs]), ...(nextMs === undefined ? [] : [nextMs])];
  const [fromMs, toMs] = [Math.min(...ends), Math.max(...ends)];
  // A refund that took no time at all has an axis all the same.
  return { fromMs, toMs: Math.max(toMs, fromMs + 10) };
}

const FIRST_WIDTH = 640;

/** The width of an element, as it changes. */
function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? FIRST_WIDTH));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return Math.max(280, Math.round(width));
}
