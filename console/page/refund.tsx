import { useMemo } from 'preact/hooks';
import type { About, GatewayAnswer, RefundAnswer } from '../protocol.ts';
import { GatewaysBooks } from './books.tsx';
import { FailureNote } from './failure.tsx';
import { useTexts } from './language.ts';
import { useLive } from './live.ts';
import { bandsOf, booksMoments, changesOf, momentsOf } from './moments.ts';
import { isOver } from './next-step.ts';
import { NextStep } from './next-step-note.tsx';
import { Proof } from './proof.tsx';
import { Record } from './record.tsx';
import { RefundHead } from './refund-head.tsx';
import { StateDiagram } from './state-diagram.tsx';
import { Story } from './story.tsx';
import { Timeline } from './timeline.tsx';

/** Of a refund that is over something may still come: a contradiction, or the rest of its story. */
const SLOWER_WHEN_OVER = 5;

/** A story follows its record within seconds, milliseconds. */
const STORY_COMES_MS = 15_000;

/** Whether the refund is over, and its story has had the time to come. */
function isAtRest({ refund, now }: RefundAnswer): boolean {
  if (!refund) return true;
  return isOver(refund) && Date.parse(now) - Date.parse(refund.updated_at) > STORY_COMES_MS;
}

/** Everything about one refund. */
export function RefundPage({ noRefund, about }: { noRefund: string; about: About }) {
  const texts = useTexts();
  const id = encodeURIComponent(noRefund);
  const pause = (answer: RefundAnswer) => about.pauseMs * (isAtRest(answer) ? SLOWER_WHEN_OVER : 1);
  const live = useLive<RefundAnswer>(`refunds/${id}`, pause);
  const gateway = useLive<GatewayAnswer>(about.isSandbox ? `gateway/${id}` : undefined, () => about.pauseMs);
  const { value: answer, failure, reload } = live;
  const reloadAll = () => {
    reload();
    gateway.reload();
  };
  return (
    <>
      <h1 class="number">{noRefund}</h1>
      <FailureNote failure={failure} hint={failure?.name === 'RefundNotFound' ? '' : texts.tryAgain} />
      {!answer && !failure && <p>{texts.loading}</p>}
      {answer && (
        <>
          <Known answer={answer} isSandbox={about.isSandbox} onDone={reloadAll} />
          <Told answer={answer} events={gateway.value?.books.events ?? []} />
          {gateway.value && answer.refund && (
            <GatewaysBooks refund={answer.refund} answer={gateway.value} onSent={reloadAll} />
          )}
          <FailureNote failure={gateway.failure} />
          {answer.refund && <Record refund={answer.refund} />}
        </>
      )}
    </>
  );
}

interface KnownProps {
  answer: RefundAnswer;
  isSandbox: boolean;
  onDone(): void;
}

/** The refund as it stands, and what comes next; of a deleted record, what nobody must do. */
function Known({ answer, isSandbox, onDone }: KnownProps) {
  const texts = useTexts();
  const { refund } = answer;
  if (!refund) return <p class="note bad">{texts.deleted}</p>;
  return (
    <>
      <RefundHead refund={refund} />
      <NextStep refund={refund} answer={answer} isSandbox={isSandbox} onDone={onDone} />
    </>
  );
}

type Events = GatewayAnswer['books']['events'];

/** The story: drawn, as the way through the statuses, and in words. */
function Told({ answer, events }: { answer: RefundAnswer; events: Events }) {
  const texts = useTexts();
  const { entries, refund, now, goesOn, proof } = answer;
  const moments = useMemo(() => [...momentsOf(entries), ...booksMoments(events)], [entries, events]);
  if (entries.length === 0) return <p>{texts.storyLate}</p>;
  const open = refund !== undefined && !isOver(refund);
  const untilMs = open ? Date.parse(now) : Math.max(...moments.map(({ atMs }) => atMs));
  const next = refund?.next_check_at ? { nextMs: Date.parse(refund.next_check_at) } : {};
  return (
    <>
      {moments.length > 0 && (
        <Timeline
          moments={moments}
          bands={bandsOf(entries, untilMs)}
          {...(open && { nowMs: untilMs })}
          {...next}
        />
      )}
      <section aria-labelledby="story">
        <h2 id="story">{texts.story}</h2>
        <Proof refund={refund} proof={proof} goesOn={goesOn} />
        <Story entries={entries} />
        {goesOn && <p>{texts.goesOn}</p>}
      </section>
      <StateDiagram way={changesOf(entries).map(({ status }) => status)} />
    </>
  );
}
