import { useState } from 'preact/hooks';
import type { Refund } from '../../client/types.ts';
import type { RefundAnswer } from '../protocol.ts';
import { ApplyAgain, QueryNow } from './actions.tsx';
import { ConflictFacts } from './conflict.tsx';
import { duration, moment } from './format.ts';
import { useLanguage, useTexts } from './language.ts';
import { useNow } from './live.ts';
import { isFinal, nextStepOf } from './next-step.ts';
import { whatToDoIn } from './texts/attention.ts';
import { filled } from './texts/language.ts';

interface NextStepProps {
  refund: Refund;
  answer: RefundAnswer;
  isSandbox: boolean;
  /** Something was done that changes the refund. */
  onDone(): void;
}

/** The next thing that will happen, and when. */
export function NextStep({ refund, answer: { entries, proof, now }, isSandbox, onDone }: NextStepProps) {
  const texts = useTexts();
  const language = useLanguage();
  const { says, at, toDo, rejection } = nextStepOf(refund, entries, proof);
  return (
    <section aria-labelledby="next" class={toDo || refund.conflict ? 'next needs' : 'next'}>
      <h2 id="next">{texts.next}</h2>
      {toDo && <ToDo refund={refund} text={toDo} />}
      {refund.conflict && <ConflictFacts refund={refund} conflict={refund.conflict} />}
      {rejection && (
        <p>
          {filled(texts.rejectedWith, {
            code: rejection.code,
            reason: language === 'zh' ? (refund.ret_msg ?? rejection.reason) : rejection.reason,
          })}
        </p>
      )}
      {says.map((key) => (
        <p key={key}>{texts[key]}</p>
      ))}
      {at && (
        <p class="at">
          {texts.nextCheck} <time dateTime={at}>{moment(at)}</time> <Countdown at={at} now={now} />
        </p>
      )}
      <p class="actions">
        <QueryNow refund={refund} isOffered={!isFinal(refund)} onDone={onDone} />
        {isSandbox && <ApplyAgain refund={refund} isOffered={refund.status === 'REJECTED'} onDone={onDone} />}
      </p>
    </section>
  );
}

function ToDo({ refund: { needs_attention }, text }: { refund: Refund; text: string }) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <p>
      <strong>
        {texts.nextAttention} {needs_attention}.
      </strong>{' '}
      {needs_attention && whatToDoIn(language, needs_attention, text)}
    </p>
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
