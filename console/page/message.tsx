import type { ReceivedMessage } from '../../client/pages.ts';
import type { SignedMessage } from '../protocol.ts';
import { moment } from './format.ts';
import { useLanguage, useTexts } from './language.ts';
import { Scrolled } from './scrolled.tsx';
import { meaningOf } from './texts/fields.ts';

/** A message of the gateway, closed at first: its fields, and whether its signature verifies. */
export function Message({ message, signed }: { message: ReceivedMessage; signed: SignedMessage }) {
  const texts = useTexts();
  const via = { answer: texts.viaAnswer, query: texts.viaQuery, notification: texts.viaNotification };
  return (
    <details class="message">
      <summary>
        {texts.message}: {via[message.via]} <Verdict signature={signed.signature} isShort />
      </summary>
      <p>
        <Verdict signature={signed.signature} />{' '}
        <time dateTime={message.received_at}>{moment(message.received_at)}</time>
      </p>
      {signed.faults.map(({ what, todo }) => (
        <p key={what} class="note bad">
          {what}. {todo}
        </p>
      ))}
      <Fields signed={signed} />
      <h3>{texts.signedText}</h3>
      <pre>{signed.signedText}</pre>
      <h3>{texts.rawMessage}</h3>
      <pre>{message.text}</pre>
    </details>
  );
}

function Verdict({ signature, isShort }: { signature: SignedMessage['signature']; isShort?: boolean }) {
  const texts = useTexts();
  if (signature === 'verified') return <span class="good">✓{!isShort && ` ${texts.verified}`}</span>;
  if (signature === 'wrong') return <span class="bad">✗ {texts.wrong}</span>;
  return isShort ? null : <span>{texts.noKey}</span>;
}

function Fields({ signed: { fields, codeMeaning } }: { signed: SignedMessage }) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <Scrolled>
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">{texts.field}</th>
            <th scope="col">{texts.value}</th>
            <th scope="col">{texts.meaning}</th>
            <th scope="col">{texts.isSigned}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, value, isSigned }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td class="value">{value}</td>
              <td>
                {name === 'ret_code' && codeMeaning && language === 'en'
                  ? `${meaningOf(language, name)} (${codeMeaning})`
                  : meaningOf(language, name)}
              </td>
              <td>{isSigned ? texts.yes : texts.no}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
