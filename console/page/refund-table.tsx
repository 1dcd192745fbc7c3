import type { Refund } from '../../client/types.ts';
import { moment } from './format.ts';
import { useTexts } from './language.ts';
import { refundAddress } from './route.ts';
import { Status } from './status.tsx';

/** Refunds, one a row; on a narrow screen, one a card. */
export function RefundTable({ refunds }: { refunds: readonly Refund[] }) {
  const texts = useTexts();
  return (
    <table class="refunds">
      <caption class="unseen">{texts.listOf}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.number}</th>
          <th scope="col">{texts.status}</th>
          <th scope="col" class="right">
            {texts.amount}
          </th>
          <th scope="col">{texts.kind}</th>
          <th scope="col">{texts.recorded}</th>
          <th scope="col">{texts.attention}</th>
        </tr>
      </thead>
      <tbody>
        {refunds.map((refund) => (
          <tr key={refund.no_refund}>
            <th scope="row">
              <a href={refundAddress(refund.no_refund)}>{refund.no_refund}</a>
            </th>
            <td data-label={texts.status}>
              <Status status={refund.status} />
            </td>
            <td class="right money" data-label={texts.amount}>
              {refund.money_refund}
            </td>
            <td data-label={texts.kind}>{refund.kind}</td>
            <td data-label={texts.recorded}>
              <time dateTime={refund.created_at}>{moment(refund.created_at)}</time>
            </td>
            <td data-label={refund.needs_attention && texts.attention}>
              {refund.needs_attention && <strong class="needs">{refund.needs_attention}</strong>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
