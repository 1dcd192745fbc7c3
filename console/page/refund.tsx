import { useMemo } from 'preact/hooks';
import type { Refund } from '../../client/types.ts';
import type { About, ExplainedEntry, GatewayAnswer, RefundAnswer } from '../protocol.ts';
import { GatewaysBooks } from './books.tsx';
import { FailureNote } from './failure.tsx';
import { useTexts } from './language.ts';
import { useLive } from './live.ts';
import { bandsOf, booksMoments, changesOf, momentsOf } from './moments.ts';
import { isOver } from './next-step.ts';
import { NextStep } from './next-step-note.tsx';
import { Record } from './record.tsx';
import { RefundHead } from './refund-head.tsx';
import { StateDiagram } from './state-diagram.tsx';
import { Story } from './story.tsx';
import { Timeline } from './timeline.tsx';

/** Of a refund that is over something may still come: a contradiction, or the rest of its story. */
const SLOWER_WHEN_OVER = 5;

/** Everything about one refund. */
export function RefundPage({ noRefund, about }: { noRefund: string; about: About }) {
  const texts = useTexts();
  const id = encodeURIComponent(noRefund);
  const pause = ({ refund }: RefundAnswer) => about.pauseMs * (isOver(refund) ? SLOWER_WHEN_OVER : 1);
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
          <RefundHead refund={answer.refund} />
          <NextStep answer={answer} isSandbox={about.isSandbox} onDone={reloadAll} />
          <Told answer={answer} events={gateway.value?.books.events ?? []} />
          {gateway.value && (
            <GatewaysBooks refund={answer.refund} answer={gateway.value} onSent={reloadAll} />
          )}
          <FailureNote failure={gateway.failure} />
          <Record refund={answer.refund} />
        </>
      )}
    </>
  );
}

type Events = GatewayAnswer['books']['events'];

/** The story: drawn, as the way through the statuses, and in words. */
function Told({ answer, events }: { answer: RefundAnswer; events: Events }) {
  const texts = useTexts();
  const { entries, refund, now, goesOn } = answer;
  const moments = useMemo(() => [...momentsOf(entries), ...booksMoments(events)], [entries, events]);
  if (entries.length === 0) return <p>{texts.storyLate}</p>;
  const open = !isOver(refund);
  const untilMs = open ? Date.parse(now) : Math.max(...moments.map(({ atMs }) => atMs));
  const next = refund.next_check_at ? { nextMs: Date.parse(refund.next_check_at) } : {};
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
        <Verdict answer={answer} isOpen={open} />
        <Story entries={entries} />
        {goesOn && <p>{texts.goesOn}</p>}
      </section>
      <StateDiagram way={changesOf(entries).map(({ status }) => status)} />
    </>
  );
}

/** Of an open refund, entries may come that others follow from. */
function Verdict({ answer: { faults, refund, entries }, isOpen }: { answer: RefundAnswer; isOpen: boolean }) {
  const texts = useTexts();
  if (!faults || (isOpen && faults.length > 0)) return null;
  if (faults.length === 0) return <Evidence refund={refund} entries={entries} />;
  return (
    <div class="note bad">
      <p>{texts.followsNot}</p>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </div>
  );
}

/** What the signatures in a story prove, where nothing in it is wrong. */
function Evidence({ refund, entries }: { refund: Refund; entries: ExplainedEntry[] }) {
  const texts = useTexts();
  if (refund.conflict) return <p class="needs">{texts.evidenceConflicts}</p>;
  if (refund.status === 'REJECTED') return <p>{texts.rejectedUnsigned}</p>;
  if (!entries.some(({ message }) => message)) return <p>{texts.noEvidence}</p>;
  return <p class="good">✓ {texts.follows}</p>;
}
