import { useState } from 'preact/hooks';
import type { About, ListAnswer } from '../protocol.ts';
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
  const list = String(new URLSearchParams(selected));
  const [shown, setShown] = useState({ list, pages: 1 });
  // Another list begins with its first page.
  const pages = shown.list === list ? shown.pages : 1;
  const { value, failure } = useLive<ListAnswer>(
    `refunds?${list}&pages=${pages}`,
    () => about.pauseMs * SLOWER,
  );
  const [before, setBefore] = useState<{ list: string; value: ListAnswer }>();
  if (value && before?.value !== value) setBefore({ list, value });
  // While one more page is read, those before stay.
  const found = value ?? (before?.list === list ? before.value : undefined);
  return (
    <>
      <h1>{texts.refunds}</h1>
      <ListFilter query={selected} />
      <FailureNote failure={failure} hint={texts.tryAgain} />
      {!found && !failure && <p>{texts.loading}</p>}
      <h2>{shownList(selected, texts)}</h2>
      {found && found.refunds.length === 0 && !found.goesOn && (
        <p>
          {texts.none} {about.isSandbox && <a href={applyAddress}>{texts.applyFirst}</a>}
        </p>
      )}
      {found && <Listed list={found} onMore={() => setShown({ list, pages: pages + 1 })} />}
    </>
  );
}

/** Which list is shown: the form may already be set to another one. */
function shownList(
  { day, status, no_order, oid_paybill, open }: Record<string, string>,
  texts: Texts,
): string {
  if (day) {
    const value = day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
    return [filled(texts.shownDay, { value }), status].filter(Boolean).join(' · ');
  }
  if (no_order) return filled(texts.shownOrder, { value: no_order });
  if (oid_paybill) return filled(texts.shownPayment, { value: oid_paybill });
  return open ? texts.shownOpen : texts.shownAttention;
}

interface ListedProps {
  list: ListAnswer;
  onMore(): void;
}

/** All pages that are shown are read anew together, with the totals that go with them. */
function Listed({ list: { refunds, goesOn, isCut, totals }, onMore }: ListedProps) {
  const texts = useTexts();
  return (
    <>
      {refunds.length > 0 && <RefundTable refunds={refunds} />}
      {isCut && <p>{texts.listIsCut}</p>}
      {goesOn && !isCut && (
        <button type="button" onClick={onMore}>
          {texts.more}
        </button>
      )}
      {totals && <Totals totals={totals} />}
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
