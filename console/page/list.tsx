import { useState } from 'preact/hooks';
import type { About, ListAnswer } from '../protocol.ts';
import { type CallFailed, call } from './calls.ts';
import { FailureNote } from './failure.tsx';
import { beijingDay } from './format.ts';
import { useTexts } from './language.ts';
import { ListFilter } from './list-filter.tsx';
import { useLive } from './live.ts';
import { RefundTable } from './refund-table.tsx';
import { applyAddress } from './route.ts';
import type { Texts } from './texts/en.ts';
import { filled } from './texts/language.ts';

/** A list is read anew less often than a single refund. */
const SLOWER = 3;

/** Refunds, selected by a query. Without one: those of today. */
export function ListPage({ query, about }: { query: Record<string, string>; about: About }) {
  const texts = useTexts();
  const selected = Object.keys(query).length > 0 ? query : { day: beijingDay(Date.now()) };
  const path = `refunds?${new URLSearchParams(selected)}`;
  const { value: first, failure } = useLive<ListAnswer>(path, () => about.pauseMs * SLOWER);
  return (
    <>
      <h1>{texts.refunds}</h1>
      <ListFilter query={selected} />
      <FailureNote failure={failure} hint={texts.tryAgain} />
      {!first && !failure && <p>{texts.loading}</p>}
      <h2>{shownList(selected, texts)}</h2>
      {first && first.refunds.length === 0 && !first.next && (
        <p>
          {texts.none} {about.isSandbox && <a href={applyAddress}>{texts.applyFirst}</a>}
        </p>
      )}
      {first && <Pages key={path} first={first} path={path} />}
    </>
  );
}

/** Which list is shown: the form may already be set to another one. */
function shownList({ day, no_order, oid_paybill, open }: Record<string, string>, texts: Texts): string {
  if (day) return filled(texts.shownDay, { value: day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3') });
  if (no_order) return filled(texts.shownOrder, { value: no_order });
  if (oid_paybill) return filled(texts.shownPayment, { value: oid_paybill });
  return open ? texts.shownOpen : texts.shownAttention;
}

/** The first page is kept up to date; those behind it stand as they were read. */
function Pages({ first, path }: { first: ListAnswer; path: string }) {
  const texts = useTexts();
  const [others, setOthers] = useState<ListAnswer[]>([]);
  const [failure, setFailure] = useState<CallFailed>();
  const last = others.at(-1) ?? first;
  const more = async () => {
    try {
      const page = await call<ListAnswer>(`${path}&next=${encodeURIComponent(last.next ?? '')}`);
      setOthers((pages) => [...pages, page]);
      setFailure(undefined);
    } catch (error) {
      setFailure(error as CallFailed);
    }
  };
  const refunds = [first, ...others].flatMap((page) => page.refunds);
  return (
    <>
      {refunds.length > 0 && <RefundTable refunds={refunds} />}
      <FailureNote failure={failure} />
      {last.next && (
        <button type="button" onClick={more}>
          {texts.more}
        </button>
      )}
      {last.totals && <Totals totals={last.totals} />}
      <p class="hint">{texts.oldestFirst}</p>
    </>
  );
}

function Totals({ totals }: { totals: NonNullable<ListAnswer['totals']> }) {
  const texts = useTexts();
  return (
    <>
      <h3>{texts.totals}</h3>
      <dl class="totals">
        {(['succeeded', 'open', 'failed', 'rejected'] as const).map((name) => (
          <div key={name}>
            <dt>{texts[name]}</dt>
            <dd>{totals[name]}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
