import type { Refund } from '../../client/types.ts';
import { moment } from './format.ts';
import { useTexts } from './language.ts';
import { listAddress } from './route.ts';
import { Status } from './status.tsx';
import { filled } from './texts/language.ts';

/** The status, and what identifies the refund for people. A change of status is announced. */
export function RefundHead({ refund }: { refund: Refund }) {
  const texts = useTexts();
  const { status, money_refund, kind, no_order, oid_paybill, attempts, created_at } = refund;
  return (
    <div class="head">
      <p class="big">
        <span role="status">
          <Status status={status} />
        </span>
        {money_refund && <span class="money">{money_refund} CNY</span>}
        <span>{kind}</span>
      </p>
      <p class="hint">
        {filled(texts.recordedAt, { at: moment(created_at) })}
        {attempts !== undefined && ` · ${filled(texts.attempts, { count: attempts })}`}
        {no_order && (
          <>
            {' '}
            · {texts.order} <a href={listAddress({ no_order })}>{no_order}</a>
          </>
        )}
        {oid_paybill && (
          <>
            {' '}
            · oid_paybill <a href={listAddress({ oid_paybill })}>{oid_paybill}</a>
          </>
        )}
      </p>
      <OwnWords refund={refund} />
    </div>
  );
}

/** The caller's own words. A rejection without a reason of the caller's has its own under that name. */
function OwnWords({ refund }: { refund: Refund }) {
  const { reference, requested_by, rejection_reason } = refund;
  const reason = refund.reason === rejection_reason ? undefined : refund.reason;
  const given = Object.entries({ reference, reason, requested_by }).filter(([, value]) => value);
  if (given.length === 0) return null;
  return (
    <dl class="facts">
      {given.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
