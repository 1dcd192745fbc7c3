import type { KeyObject } from 'node:crypto';
import { faultsOfMessage, readMessage, type VerifiedMessage } from '../../shared/domain/verified-message.ts';
import { type Fields, isAmbiguous, parseFields } from '../../shared/signing/fields.ts';
import { hasSignature, isSignedBy } from '../../shared/signing/signature.ts';
import { type Finding, join, nothing, right, wrong } from './finding.ts';

/** What every message of a story must be about. */
interface Subject {
  no_refund: string;
  /** Missing before the first message. */
  partner?: string;
}

const NOT_BELIEVED =
  'The service believes no such message: somebody has changed the story. Keep the export, and find out who.';

/**
 * Verifies a message as the service does when it comes.
 *
 * @returns the message only where nothing is wrong with it
 */
export function verifyMessage(
  text: string,
  subject: Subject,
  keys: readonly KeyObject[],
): { finding: Finding; message?: VerifiedMessage; partner?: string } {
  const fields = parseFields(text);
  if (!fields) return { finding: wrong('its message is not one flat JSON object', NOT_BELIEVED) };
  const finding = join([
    signature(fields, keys),
    repeatedFields(text),
    aboutSubject(fields, subject),
    ...faultsOfMessage(fields).map(({ path, message }) =>
      wrong(`${path} of its message ${message}`, NOT_BELIEVED),
    ),
  ]);
  if (finding.faults.length > 0) return { finding };
  return { finding, message: readMessage(subject.no_refund, fields), partner: fields.get('oid_partner') };
}

function signature(fields: Fields, keys: readonly KeyObject[]): Finding {
  if (!hasSignature(fields)) return wrong('its message has no signature of the type RSA', NOT_BELIEVED);
  if (!isSignedBy(fields, keys))
    return wrong(
      'the signature of its message does not verify',
      "If no message verifies, the key is another one: give the gateway's key of that time, not the merchant's own. If others do, this message was changed, or the gateway changed its key: add the other one with --key.",
    );
  if (isAmbiguous(fields))
    return wrong('its message has & or = where it makes the signed text ambiguous', NOT_BELIEVED);
  return right('signature');
}

/** Of a field that is there twice a program reads the last, and a reader perhaps the first. */
function repeatedFields(text: string): Finding {
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
    .filter(([, , colon]) => colon)
    .map(([, name = '']) => JSON.parse(name) as string);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return nothing;
  return wrong(
    `its message has the field ${repeated} twice`,
    'Only the last one is signed. Ask LianLian what it sent.',
  );
}

function aboutSubject(fields: Fields, { no_refund, partner }: Subject): Finding {
  const [number, merchant] = [fields.get('no_refund'), fields.get('oid_partner')];
  if (number !== no_refund)
    return wrong(`its message is about refund ${number}, not about ${no_refund}`, NOT_BELIEVED);
  if (!merchant) return wrong('its message names no merchant', NOT_BELIEVED);
  if (partner && merchant !== partner)
    return wrong(`its message names merchant ${merchant}, and an earlier one ${partner}`, NOT_BELIEVED);
  return nothing;
}
