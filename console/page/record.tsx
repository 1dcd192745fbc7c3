import type { Refund } from '../../client/types.ts';
import { useTexts } from './language.ts';
import { shown } from './story.tsx';

/** Every field of the record, by the names of docs/api.md. */
export function Record({ refund }: { refund: Refund }) {
  const texts = useTexts();
  return (
    <section aria-labelledby="record">
      <details>
        <summary>
          <h2 id="record">{texts.record}</h2>
        </summary>
        <dl class="record">
          {Object.entries(refund).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{shown(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
