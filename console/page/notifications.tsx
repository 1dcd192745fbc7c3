import { useState } from 'preact/hooks';
import type { GatewayNotification } from '../../cli/sandbox-control.ts';
import { type CallFailed, command } from './calls.ts';
import { FailureNote } from './failure.tsx';
import { moment } from './format.ts';
import { useTexts } from './language.ts';
import type { Texts } from './texts/en.ts';
import { filled } from './texts/language.ts';

/** The notifications that the sandbox's gateway has sent; each can be sent again, to the letter. */
export function Notifications({
  notifications,
  onSent,
}: {
  notifications: GatewayNotification[];
  onSent(): void;
}) {
  const texts = useTexts();
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<CallFailed>();
  const resend = async (id: string) => {
    setSaid('');
    try {
      await command(`notifications/${encodeURIComponent(id)}/resend`);
      setFailure(undefined);
      setSaid(texts.resent);
    } catch (error) {
      setFailure(error as CallFailed);
    }
    onSent();
  };
  return (
    <>
      <h3>{texts.notifications}</h3>
      {notifications.length === 0 && <p>{texts.noNotification}</p>}
      <ul class="notifications">
        {notifications.map((notification) => (
          <li key={notification.id}>
            <details>
              <summary>
                {notification.id} · <time dateTime={notification.at}>{moment(notification.at)}</time> ·{' '}
                {filled(texts.attempt, { attempt: notification.attempt })} · {replyOf(notification, texts)}
              </summary>
              <pre>{notification.text}</pre>
            </details>
            <button type="button" onClick={() => resend(notification.id)}>
              {texts.resend}
              <span class="unseen"> {notification.id}</span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status">{said}</p>
      <FailureNote failure={failure} />
    </>
  );
}

function replyOf({ acknowledged, reason, http_status }: GatewayNotification, texts: Texts): string {
  if (acknowledged === undefined) return texts.onItsWay;
  if (acknowledged) return texts.acknowledged;
  return filled(texts.notAcknowledged, { reason: reason ?? `HTTP ${http_status ?? ''}` });
}
