import { useState } from 'preact/hooks';
import type { Refund } from '../../client/types.ts';
import type { GatewayAnswer } from '../protocol.ts';
import { moment } from './format.ts';
import { useLanguage, useTexts } from './language.ts';
import { letter } from './moments.ts';
import { isFinal } from './next-step.ts';
import { Notifications } from './notifications.tsx';
import { Scrolled } from './scrolled.tsx';
import { STATUS_OF } from './status.tsx';
import { eventIn } from './texts/events.ts';
import { filled } from './texts/language.ts';

/** The sandbox's gateway has this refund in its books: beside the record, with what happened there. */
export function GatewaysBooks({
  refund,
  answer,
  onSent,
}: {
  refund: Refund;
  answer: GatewayAnswer;
  onSent(): void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(true);
  const { payments, events } = answer.books;
  return (
    <section aria-labelledby="books">
      <h2 id="books">{texts.books}</h2>
      <p class="hint">{texts.booksSay}</p>
      {payments.length === 0 && <p>{texts.notBooked}</p>}
      {payments.length > 1 && <p class="note bad">{filled(texts.bookedTwice, { count: payments.length })}</p>}
      {payments.map((payment) => (
        <Comparison key={payment.oid_refundno} refund={refund} payment={payment} />
      ))}
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{texts.booksEvents}</summary>
        <ol class="events">
          {events.map((event, index) => (
            <li key={`${event.at} ${event.text}`} id={`event-${letter(index)}`} tabIndex={-1}>
              <span class="number plain" aria-hidden="true">
                {letter(index)}
              </span>
              <span>
                <time dateTime={event.at}>{moment(event.at)}</time> {eventIn(language, event)}
              </span>
            </li>
          ))}
        </ol>
      </details>
      <Notifications notifications={answer.notifications} onSent={onSent} />
    </section>
  );
}

type Payment = GatewayAnswer['books']['payments'][number];

/** Field by field: what the service knows, and what the gateway has. */
function Comparison({ refund, payment }: { refund: Refund; payment: Payment }) {
  const texts = useTexts();
  const status = STATUS_OF[payment.statuses.at(-1)?.sta_refund ?? ''] ?? '';
  const rows: [name: string, ours: string | undefined, theirs: string, isKnown: boolean][] = [
    ['status', refund.status, status, isFinal(refund) || refund.status === 'REJECTED'],
    ['oid_refundno', refund.oid_refundno, payment.oid_refundno, refund.oid_refundno !== undefined],
    ['money_refund', refund.money_refund, payment.money_refund, true],
  ];
  return (
    <Scrolled>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.field}</th>
            <th scope="col">{texts.ours}</th>
            <th scope="col">{texts.theirs}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ours = '', theirs, isKnown]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{ours}</td>
              <td>{theirs}</td>
              <td>{ours === theirs ? `✓ ${texts.same}` : isKnown ? `≠ ${texts.differs}` : texts.notYet}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
