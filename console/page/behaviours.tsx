import type { GatewayBehaviour } from '../../cli/sandbox-control.ts';
import { useLanguage, useTexts } from './language.ts';
import { behaviourIn } from './texts/behaviours.ts';

/** Everything that the sandbox's gateway can do, a button each. */
export function Behaviours({
  behaviours,
  isUnderWay,
  onChoose,
}: {
  behaviours: GatewayBehaviour[];
  isUnderWay: boolean;
  onChoose(behaviour: GatewayBehaviour): void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  return (
    <section aria-labelledby="behaviours">
      <h2 id="behaviours">{texts.behaviours}</h2>
      <p>{texts.behavioursSay}</p>
      <ul class="behaviours">
        {behaviours.map((behaviour) => (
          <li key={behaviour.beginning}>
            <button type="button" aria-disabled={isUnderWay} onClick={() => onChoose(behaviour)}>
              <code>{behaviour.example.replace(/-$/, '')}</code>
              <span>{behaviourIn(language, behaviour)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
