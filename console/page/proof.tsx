import type { Refund } from '../../client/types.ts';
import type { Proof as Told } from '../protocol.ts';
import { useTexts } from './language.ts';
import { filled } from './texts/language.ts';

interface ProofProps {
  refund: Refund | undefined;
  proof: Told | undefined;
  /** There is more of the story than was checked. */
  goesOn: boolean;
}

/** What the gateway's signatures prove of a story, and what they don't. */
export function Proof({ refund, proof, goesOn }: ProofProps) {
  const texts = useTexts();
  if (!proof) return <p>{texts.noKey}</p>;
  if (proof.faults.length > 0) return <Faults faults={proof.faults} />;
  if (proof.isSettling) return <p>{texts.storyLate}</p>;
  if (goesOn) return <p>{texts.notWhole}</p>;
  if (proof.messages === 0 && refund?.status !== 'REJECTED') return <p>{texts.noEvidence}</p>;
  if (refund && proof.status !== refund.status)
    return <p class="needs">{filled(texts.storyBehind, { status: proof.status ?? '–' })}</p>;
  if (refund?.conflict) return <p class="needs">{texts.evidenceConflicts}</p>;
  if (refund?.status === 'REJECTED') return <p>{texts.rejectedUnsigned}</p>;
  return <p class="good">✓ {filled(texts.follows, { count: proof.messages })}</p>;
}

function Faults({ faults }: { faults: string[] }) {
  const texts = useTexts();
  return (
    <div class="note bad">
      <p>{texts.followsNot}</p>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </div>
  );
}
