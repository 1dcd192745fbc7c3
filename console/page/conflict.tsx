import type { KeptMessage, Refund } from '../../client/types.ts';
import { useTexts } from './language.ts';
import { Scrolled } from './scrolled.tsx';
import { STATUS_OF } from './status.tsx';

const FIELDS = ['status', 'oid_refundno', 'money_refund', 'dt_refund'] as const;

/** What contradicts what: each field in which a verified message differs from what the record knows. */
export function ConflictFacts({
  refund,
  conflict,
}: {
  refund: Refund;
  conflict: NonNullable<Refund['conflict']>;
}) {
  const texts = useTexts();
  const { first, latest } = conflict;
  const isOne = JSON.stringify(first) === JSON.stringify(latest);
  const differing = FIELDS.filter((field) =>
    [first, latest].some(
      (message) => refund[field] && said(message, field) && said(message, field) !== refund[field],
    ),
  );
  return (
    <Scrolled>
      <table>
        <caption>{texts.conflictSays}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.field}</th>
            <th scope="col">{texts.inRecord}</th>
            <th scope="col">{isOne ? texts.theMessage : texts.firstMessage}</th>
            {!isOne && <th scope="col">{texts.latestMessage}</th>}
          </tr>
        </thead>
        <tbody>
          {differing.map((field) => (
            <tr key={field}>
              <th scope="row">
                <code>{field}</code>
              </th>
              <td>{refund[field]}</td>
              <td>{said(first, field)}</td>
              {!isOne && <td>{said(latest, field)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function said(message: KeptMessage, field: (typeof FIELDS)[number]): string | undefined {
  return field === 'status' ? STATUS_OF[message.sta_refund ?? ''] : message[field];
}
