import type { InDoubt, Verified } from '../app/ports/gateway.ts';
import { type CodeClass, classOfCode, isNotFoundCode } from '../domain/return-codes.ts';
import { faultsOfMessage, readMessage } from '../domain/verified-message.ts';
import type { Authenticator } from '../signing/authenticator.ts';
import { type Fields, isAmbiguous, parseFields } from '../signing/fields.ts';
import { packText } from './packed-text.ts';
import type { Reply } from './transport.ts';

/** The refund that an answer must be about. */
export interface Identity {
  oid_partner: string;
  no_refund: string;
}

/** An answer that may be read: authentic where it is signed, and about the refund in question. */
export type ReadAnswer =
  | Verified
  | { type: 'code'; codeClass: CodeClass; isNotFound: boolean; ret_code: string; ret_msg: string }
  | InDoubt;

const MAX_RET_MSG = 100;

/** The `sta_refund` of a refund that has failed. */
const FAILED = '3';

/**
 * Reads what came back from the gateway as far as it can be believed.
 *
 * - `0000`: only if it is signed, names the refund, and has its fields in their documented form
 * - any other code: also unsigned, since by the documents of the exchange product only `0000` is signed; not with a wrong
 *   signature
 * - an unsigned answer that can't be read: its code is logged, and proves nothing
 */
export async function readAnswer(
  reply: Reply,
  expected: Identity,
  isAuthentic: Authenticator,
): Promise<ReadAnswer> {
  if (reply.status !== 200) return unreadable(`HTTP status ${reply.status}`, reply);
  if (reply.isGarbled) return unreadable('not UTF-8 text', reply);
  const fields = parseFields(reply.text);
  if (!fields) return unreadable('not a flat JSON object', reply);
  const isSigned = Boolean(fields.get('sign'));
  if (isSigned && !(await isAuthentic(fields))) return inDoubt('the signature does not verify');
  if (isSigned && isAmbiguous(fields)) return inDoubt('& or = where it makes the signed text ambiguous');
  if (namesAnother(fields, expected)) return inDoubt('it is about another refund or merchant');
  const ret_code = fields.get('ret_code') ?? '';
  if (!/^\d{4}$/.test(ret_code)) return inDoubt('no return code');

  const codeClass = classOfCode(ret_code);
  if (codeClass !== 'accepted') return readCode(fields, codeClass, ret_code);
  return isSigned ? readAccepted(fields, expected, reply.text) : inDoubt('a 0000 without a signature');
}

/** Reads a signed answer with the code `0000`. */
function readAccepted(fields: Fields, { no_refund }: Identity, text: string): ReadAnswer {
  if (!fields.get('oid_partner') || !fields.get('no_refund')) return inDoubt('it does not name the refund');
  const faults = faultsOfMessage(fields);
  if (faults.length > 0)
    return inDoubt(`fields without their documented form: ${faults.map(({ path }) => path).join(' ')}`);
  return { type: 'verified', message: { ...readMessage(no_refund, fields), packed: packText(text) } };
}

/** Reads an answer without the code `0000`. */
function readCode(fields: Fields, codeClass: CodeClass, ret_code: string): ReadAnswer {
  const isNotFound = isNotFoundCode(ret_code);
  // A rejection and a "not found" carry no sta_refund, or that of a refund that has failed.
  const isDenial = codeClass === 'rejected' || isNotFound;
  const hasOtherStatus = (fields.get('sta_refund') || FAILED) !== FAILED;
  if (isDenial && hasOtherStatus) return { ...inDoubt(`a status with the code ${ret_code}`), ret_code };
  const ret_msg = (fields.get('ret_msg') ?? '').slice(0, MAX_RET_MSG);
  return { type: 'code', codeClass, isNotFound, ret_code, ret_msg };
}

function inDoubt(reason: string): InDoubt {
  return { type: 'in-doubt', reason };
}

function unreadable(reason: string, { text }: Reply): InDoubt {
  const isSigned = /"sign"\s*:\s*"[^"]/.test(text);
  const ret_code = isSigned ? undefined : /"ret_code"\s*:\s*"?(?!0000)(\d{4})\b/.exec(text)?.[1];
  return ret_code ? { ...inDoubt(`${reason}, with the code ${ret_code}`), ret_code } : inDoubt(reason);
}

function namesAnother(fields: Fields, expected: Identity): boolean {
  return (['oid_partner', 'no_refund'] as const).some(
    (field) => (fields.get(field) || expected[field]) !== expected[field],
  );
}
