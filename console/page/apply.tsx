import { useState } from 'preact/hooks';
import type { Outcome } from '../../client/outcome.ts';
import type { About } from '../protocol.ts';
import { Behaviours } from './behaviours.tsx';
import { CallFailed, command } from './calls.ts';
import { FailureNote } from './failure.tsx';
import { useTexts } from './language.ts';
import { refundAddress } from './route.ts';
import type { Texts } from './texts/en.ts';

const OF_SAMPLE = '2013051500001';

/** A number that hasn't been used: two of one browser are never made in the same millisecond. */
const freshNumber = (beginning: string) => `${beginning}${Date.now().toString(36)}`;

/** Applies for refunds in the sandbox. */
export function ApplyPage({ about }: { about: About }) {
  const texts = useTexts();
  const [failure, setFailure] = useState<CallFailed>();
  const [isExchange, setExchange] = useState(false);
  const [isUnderWay, setUnderWay] = useState(false);
  const fail = (why: CallFailed) => {
    setFailure(why);
    setUnderWay(false);
  };
  const apply = async (fields: Record<string, string>) => {
    // A second click must not make a second refund.
    if (isUnderWay) return;
    setUnderWay(true);
    setFailure(undefined);
    const kind = isExchange ? 'exchange-refund' : 'refund';
    try {
      const outcome = await command<Outcome>('refunds', { kind, ...fields });
      if (outcome.outcome === 'conflict') fail(conflict(outcome, texts.conflictTitle));
      // It stays under way: this page goes.
      else location.hash = refundAddress(fields.no_refund ?? '');
    } catch (error) {
      fail(error as CallFailed);
    }
  };
  return (
    <>
      <h1>{texts.applyTitle}</h1>
      <p>{texts.applySays}</p>
      <p role="status">{isUnderWay && texts.applying}</p>
      <FailureNote failure={failure} />
      <p>
        <label>
          <input type="checkbox" checked={isExchange} onChange={() => setExchange(!isExchange)} />{' '}
          {texts.isExchange}
        </label>
      </p>
      <ApplyForm onApply={apply} isUnderWay={isUnderWay} />
      <Behaviours
        behaviours={about.behaviours}
        isUnderWay={isUnderWay}
        onChoose={({ example }) =>
          apply({ no_refund: freshNumber(example), money_refund: '1.00', no_order: OF_SAMPLE })
        }
      />
    </>
  );
}

function conflict({ message, issues }: Extract<Outcome, { outcome: 'conflict' }>, name: string): CallFailed {
  return new CallFailed({ name, message, issues });
}

interface Field {
  name: string;
  label: keyof Texts;
  begin?: string;
  isRequired?: boolean;
  isOneOfTwo?: boolean;
}

const FIELDS: Field[] = [
  { name: 'no_refund', label: 'number', isRequired: true },
  { name: 'money_refund', label: 'money', begin: '1.00', isRequired: true },
  { name: 'no_order', label: 'noOrder', begin: OF_SAMPLE, isOneOfTwo: true },
  { name: 'oid_paybill', label: 'oidPaybill', isOneOfTwo: true },
  { name: 'reference', label: 'reference' },
  { name: 'reason', label: 'reason' },
  { name: 'requested_by', label: 'requestedBy' },
];

interface ApplyFormProps {
  isUnderWay: boolean;
  onApply(fields: Record<string, string>): Promise<void>;
}

function ApplyForm({ isUnderWay, onApply }: ApplyFormProps) {
  const texts = useTexts();
  const [number] = useState(() => freshNumber('my-'));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget as HTMLFormElement)].filter(
      ([, value]) => value !== '',
    );
    onApply(Object.fromEntries(given.map(([name, value]) => [name, String(value)])));
  };
  return (
    <form class="apply" onSubmit={submit}>
      {FIELDS.map(({ name, label, begin, isRequired = false, isOneOfTwo }) => (
        <label key={name}>
          <span>
            {texts[label]} {!isRequired && <small>({isOneOfTwo ? texts.oneOfTwo : texts.optional})</small>}
          </span>
          <input name={name} required={isRequired} defaultValue={name === 'no_refund' ? number : begin} />
        </label>
      ))}
      <button type="submit" class="main" aria-disabled={isUnderWay}>
        {texts.sendIt}
      </button>
    </form>
  );
}
