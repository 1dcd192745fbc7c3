import { useState } from 'preact/hooks';
import type { ExplainedEntry } from '../protocol.ts';
import { moment, since } from './format.ts';
import { useLanguage, useTexts } from './language.ts';
import { Message } from './message.tsx';
import { laneOf, toneOf } from './moments.ts';
import { Status } from './status.tsx';
import { filled } from './texts/language.ts';
import { sentenceIn } from './texts/sentences.ts';

/** What has a place of its own in an entry, or is told by others. */
const TOLD_APART = new Set(['at', 'code', 'text', 'status', 'from', 'message', 'signed', 'what_to_do']);

/** Of a story that is longer, the middle is folded away at first. */
const SHOWN_AT_BEGIN = 10;
const SHOWN_AT_END = 15;

/** The entries of a story, with the gateway's messages. */
export function Story({ entries }: { entries: readonly ExplainedEntry[] }) {
  const texts = useTexts();
  const [isWhole, setWhole] = useState(false);
  const foldedTo = isWhole ? 0 : entries.length - SHOWN_AT_END;
  const count = foldedTo - SHOWN_AT_BEGIN;
  const begin = Date.parse(entries[0]?.at ?? '');
  const listed = entries.map((entry, index) => (
    <Entry key={`${entry.at} ${entry.code} ${index}`} entry={entry} number={index + 1} beginMs={begin} />
  ));
  return (
    <ol class="story">
      {count > 0 ? listed.slice(0, SHOWN_AT_BEGIN) : listed}
      {count > 0 && (
        <li>
          <button type="button" onClick={() => setWhole(true)}>
            {filled(texts.folded, { count })}
          </button>
        </li>
      )}
      {count > 0 && listed.slice(foldedTo)}
    </ol>
  );
}

function Entry({ entry, number, beginMs }: { entry: ExplainedEntry; number: number; beginMs: number }) {
  const language = useLanguage();
  const texts = useTexts();
  const { at, code, text, status, message, signed } = entry;
  return (
    <li id={`entry-${number}`} tabIndex={-1} class={laneOf(code)}>
      <span class={`number ${toneOf(code)}`} aria-hidden="true">
        {number}
      </span>
      <div>
        <p class="when">
          <time dateTime={at} title={at}>
            {moment(at)}
          </time>
          <span>{since(Date.parse(at) - beginMs)}</span>
          <span>{laneOf(code) === 'gateway' ? texts.laneGateway : texts.laneService}</span>
          <code>{code}</code>
        </p>
        <p>
          {sentenceIn(language, code, text)}{' '}
          {/* Of a contradiction it is the record's, and not what the message says. */}
          {status && code !== 'message.conflict' && <Status status={status} />}
        </p>
        <Facts entry={entry} />
        {message && signed && <Message message={message} signed={signed} />}
      </div>
    </li>
  );
}

function Facts({ entry }: { entry: ExplainedEntry }) {
  const facts = Object.entries(entry).filter(([name]) => !TOLD_APART.has(name));
  if (facts.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const ISO_MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A value as text; a moment in the browser's time zone, as all others on the page. */
export function shown(value: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  return ISO_MOMENT.test(text) ? moment(text) : text;
}
