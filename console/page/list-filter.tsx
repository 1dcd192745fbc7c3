import { useState } from 'preact/hooks';
import { beijingDay } from './format.ts';
import { useTexts } from './language.ts';
import { listAddress } from './route.ts';

const SELECTIONS = ['day', 'open', 'attention', 'no_order', 'oid_paybill'] as const;

type Selection = (typeof SELECTIONS)[number];

const STATUSES = ['REQUESTED', 'INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'REJECTED'];

/** Chooses the list. What needs no further word is shown at once. */
export function ListFilter({ query }: { query: Record<string, string> }) {
  const texts = useTexts();
  const [by, setBy] = useState<Selection>(SELECTIONS.find((name) => name in query) ?? 'day');
  const names: Record<Selection, string> = {
    day: texts.byDay,
    open: texts.byOpen,
    attention: texts.byAttention,
    no_order: texts.byOrder,
    oid_paybill: texts.byPayment,
  };
  const choose = (selection: Selection) => {
    setBy(selection);
    if (selection === 'open' || selection === 'attention')
      location.hash = listAddress({ [selection]: 'true' });
  };
  return (
    <form class="filter" onSubmit={show}>
      <fieldset>
        <legend>{texts.which}</legend>
        {SELECTIONS.map((selection) => (
          <label key={selection}>
            <input type="radio" name="by" checked={by === selection} onChange={() => choose(selection)} />
            {names[selection]}
          </label>
        ))}
      </fieldset>
      {by !== 'open' && by !== 'attention' && <Further by={by} query={query} />}
    </form>
  );
}

/** Shows the list that the form describes: the names of its fields are the parameters. */
function show(event: SubmitEvent): void {
  event.preventDefault();
  const fields = new FormData(event.currentTarget as HTMLFormElement);
  const given = [...fields].filter(([name, value]) => name !== 'by' && value !== '');
  const query = Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()]));
  // A day as the browser's own field has it.
  location.hash = listAddress({ ...query, ...(query.day && { day: query.day.replaceAll('-', '') }) });
}

function Further({ by, query }: { by: 'day' | 'no_order' | 'oid_paybill'; query: Record<string, string> }) {
  const texts = useTexts();
  const day = (query.day ?? beijingDay(Date.now())).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  return (
    <div class="further">
      {by === 'day' && (
        <>
          <label>
            {texts.day} <input type="date" name="day" required defaultValue={day} />
          </label>
          <label>
            {texts.status}{' '}
            <select name="status" defaultValue={query.status ?? ''}>
              <option value="">{texts.anyStatus}</option>
              {STATUSES.map((status) => (
                <option key={status}>{status}</option>
              ))}
            </select>
          </label>
        </>
      )}
      {by === 'no_order' && (
        <label>
          {texts.noOrder} <input name="no_order" required defaultValue={query.no_order ?? ''} />
        </label>
      )}
      {by === 'oid_paybill' && (
        <label>
          {texts.oidPaybill} <input name="oid_paybill" required defaultValue={query.oid_paybill ?? ''} />
        </label>
      )}
      <button type="submit">{texts.showList}</button>
    </div>
  );
}
