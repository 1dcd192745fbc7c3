import { useState } from 'preact/hooks';
import type { ReadRefund, Refund } from '../../client/types.ts';
import { type CallFailed, command } from './calls.ts';
import { FailureNote } from './failure.tsx';
import { duration, moment } from './format.ts';
import { useTexts } from './language.ts';
import { useNow } from './live.ts';
import { isOver, nextStepOf } from './next-step.ts';
import { filled } from './texts/language.ts';

interface NextStepProps {
  refund: Refund;
  /** The server's time when the refund was read. */
  now: string;
  onQueried(): void;
}

/** The next thing that will happen, and when. */
export function NextStep({ refund, now, onQueried }: NextStepProps) {
  const texts = useTexts();
  const { says, at, toDo } = nextStepOf(refund);
  return (
    <section aria-labelledby="next" class={toDo || refund.conflict ? 'next needs' : 'next'}>
      <h2 id="next">{texts.next}</h2>
      {toDo && (
        <p>
          <strong>
            {texts.nextAttention} {refund.needs_attention}.
          </strong>{' '}
          {toDo}
        </p>
      )}
      {says.map((key) => (
        <p key={key}>{texts[key]}</p>
      ))}
      {at && (
        <p class="at">
          <time dateTime={at}>{moment(at)}</time> <Countdown at={at} now={now} />
        </p>
      )}
      {!isOver(refund) && <QueryNow refund={refund} onQueried={onQueried} />}
    </section>
  );
}

function Countdown({ at, now }: { at: string; now: string }) {
  const texts = useTexts();
  // The browser's clock may be wrong: what has passed since the answer counts.
  const [read, setRead] = useState({ now, at: Date.now() });
  if (read.now !== now) setRead({ now, at: Date.now() });
  const leftMs = Date.parse(at) - Date.parse(now) - (useNow() - read.at);
  return (
    <span>({leftMs > 500 ? filled(texts.inTime, { time: duration(rounded(leftMs)) }) : texts.due})</span>
  );
}

const rounded = (ms: number) => Math.ceil(ms / 1_000) * 1_000;

function QueryNow({ refund, onQueried }: { refund: Refund; onQueried(): void }) {
  const texts = useTexts();
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<CallFailed>();
  const query = async () => {
    try {
      const read = await command<ReadRefund>(`refunds/${encodeURIComponent(refund.no_refund)}/refresh`);
      setFailure(undefined);
      setSaid(
        read.refreshed ? texts.queried : filled(texts.notQueried, { problem: read.refresh_problem ?? '' }),
      );
    } catch (error) {
      setFailure(error as CallFailed);
    }
    onQueried();
  };
  return (
    <>
      <button type="button" onClick={query}>
        {texts.queryNow}
      </button>{' '}
      <span role="status">{said}</span>
      <FailureNote failure={failure} />
    </>
  );
}
