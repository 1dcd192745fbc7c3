import { useState } from 'preact/hooks';
import { beijingDay } from './format.ts';
import { useTexts } from './language.ts';
import { listAddress } from './route.ts';

const SELECTIONS = ['day', 'open', 'attention', 'no_order', 'oid_paybill'] as const;

type Selection = (typeof SELECTIONS)[number];

const STATUSES = ['REQUESTED', 'INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'REJECTED'];

type Fields = Record<string, string>;

interface Form {
  /** The query whose form it is. */
  of: string;
  by: Selection;
  fields: Fields;
}

const formOf = (query: Fields): Form => ({
  of: String(new URLSearchParams(query)),
  by: SELECTIONS.find((name) => name in query) ?? 'day',
  // A day as the browser's own field has it.
  fields: {
    ...query,
    day: (query.day ?? beijingDay(Date.now())).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'),
  },
});

/** Chooses the list. What needs no further word is shown at once. */
export function ListFilter({ query }: { query: Fields }) {
  const texts = useTexts();
  const [form, setForm] = useState(() => formOf(query));
  const { by, fields, of } = formOf(query);
  // The form follows the address, and is no new one: whoever goes by keyboard stays where they are.
  if (of !== form.of) setForm({ of, by, fields });
  const names: Record<Selection, string> = {
    day: texts.byDay,
    open: texts.byOpen,
    attention: texts.byAttention,
    no_order: texts.byOrder,
    oid_paybill: texts.byPayment,
  };
  const choose = (selection: Selection) => {
    setForm({ ...form, by: selection });
    if (selection === 'open' || selection === 'attention')
      location.hash = listAddress({ [selection]: 'true' });
  };
  const change = (name: string, value: string) =>
    setForm({ ...form, fields: { ...form.fields, [name]: value } });
  return (
    <form class="filter" onSubmit={show}>
      <fieldset>
        <legend>{texts.which}</legend>
        {SELECTIONS.map((selection) => (
          <label key={selection}>
            <input
              type="radio"
              name="by"
              checked={form.by === selection}
              onChange={() => choose(selection)}
            />
            {names[selection]}
          </label>
        ))}
      </fieldset>
      {form.by !== 'open' && form.by !== 'attention' && (
        <Further by={form.by} fields={form.fields} onChange={change} />
      )}
    </form>
  );
}

/** Shows the list that the form describes: the names of its fields are the parameters. */
function show(event: SubmitEvent): void {
  event.preventDefault();
  const fields = new FormData(event.currentTarget as HTMLFormElement);
  const given = [...fields].filter(([name, value]) => name !== 'by' && value !== '');
  const query = Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()]));
  location.hash = listAddress({ ...query, ...(query.day && { day: query.day.replaceAll('-', '') }) });
}

interface FurtherProps {
  by: 'day' | 'no_order' | 'oid_paybill';
  fields: Fields;
  onChange(name: string, value: string): void;
}

function Further({ by, fields, onChange }: FurtherProps) {
  const texts = useTexts();
  const field = (name: string) => ({
    name,
    value: fields[name] ?? '',
    onInput: (event: { currentTarget: { value: string } }) => onChange(name, event.currentTarget.value),
  });
  return (
    <div class="further">
      {by === 'day' ? (
        <label>
          {texts.day} <input type="date" required {...field('day')} />
        </label>
      ) : (
        <label key={by}>
          {by === 'no_order' ? texts.noOrder : texts.oidPaybill} <input required {...field(by)} />
        </label>
      )}
      {by === 'day' && (
        <label>
          {texts.status}{' '}
          <select {...field('status')}>
            <option value="">{texts.anyStatus}</option>
            {STATUSES.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </select>
        </label>
      )}
      <button type="submit">{texts.showList}</button>
    </div>
  );
}
