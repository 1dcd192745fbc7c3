import { useState } from 'preact/hooks';
import type { Outcome } from '../../client/outcome.ts';
import type { ReadRefund, Refund } from '../../client/types.ts';
import { type CallFailed, command } from './calls.ts';
import { FailureNote } from './failure.tsx';
import { useTexts } from './language.ts';
import { filled } from './texts/language.ts';

interface ActionProps {
  refund: Refund;
  /** What an earlier press came to is told all the same. */
  isOffered: boolean;
  onDone(): void;
}

/** Has the service query the gateway, and record what it says. */
export function QueryNow({ refund, isOffered, onDone }: ActionProps) {
  const texts = useTexts();
  const query = async () => {
    const read = await command<ReadRefund>(`refunds/${encodeURIComponent(refund.no_refund)}/refresh`);
    if (read.refreshed) return texts.queried;
    return filled(texts.notQueried, { problem: read.refresh_problem ?? '' });
  };
  return <Action label={texts.queryNow} isOffered={isOffered} act={query} onDone={onDone} />;
}

/** What identifies a refund: applied for with these fields, it is the same one. */
const SAME = ['kind', 'no_refund', 'money_refund', 'no_order', 'oid_paybill', 'dt_order'] as const;

/** Applies for a rejected refund with the same number, unchanged. */
export function ApplyAgain({ refund, isOffered, onDone }: ActionProps) {
  const texts = useTexts();
  const apply = async () => {
    const given = SAME.map((name) => [name, refund[name]]).filter(([, value]) => value !== undefined);
    const outcome = await command<Outcome>('refunds', Object.fromEntries(given));
    return 'message' in outcome ? outcome.message : '';
  };
  return <Action label={texts.applyAgain} isOffered={isOffered} act={apply} onDone={onDone} />;
}

interface Pressed {
  label: string;
  isOffered: boolean;
  act(): Promise<string>;
  onDone(): void;
}

/** A button, and what became of pressing it. It can't be pressed again before. */
function Action({ label, isOffered, act, onDone }: Pressed) {
  const texts = useTexts();
  const [isUnderWay, setUnderWay] = useState(false);
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<CallFailed>();
  const press = async () => {
    if (isUnderWay) return;
    setUnderWay(true);
    setFailure(undefined);
    await act().then(setSaid, setFailure);
    setUnderWay(false);
    onDone();
  };
  return (
    <>
      {isOffered && (
        <button type="button" aria-disabled={isUnderWay} onClick={press}>
          {label}
        </button>
      )}{' '}
      <span role="status">{isUnderWay ? texts.applying : said}</span>
      <FailureNote failure={failure} />
    </>
  );
}
