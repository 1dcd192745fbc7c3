import type { KeyObject } from 'node:crypto';
import type { Clock } from '../app/ports/context.ts';
import type { ApplyAnswer, Gateway, InDoubt, NotSent, QueryAnswer } from '../app/ports/gateway.ts';
import type { Authenticator } from '../signing/authenticator.ts';
import type { Fields } from '../signing/fields.ts';
import { signFields } from '../signing/signature.ts';
import { type ReadAnswer, readAnswer } from './answers.ts';
import { applyFields, applyUrl, type GatewayUrls, queryFields, queryUrl } from './requests.ts';
import type { Post } from './transport.ts';

/** What the client needs from outside. */
export interface ClientParts {
  post: Post;
  clock: Clock;
  urls: GatewayUrls;
  /** One exchange, milliseconds. */
  timeoutMs: number;
  oidPartner: string;
  merchantKey(): Promise<KeyObject>;
  isAuthentic: Authenticator;
  /** @throws ServiceUnavailable while a key is out of reach */
  ready(): Promise<void>;
}

/** Reserved at the end of an invocation for recording an answer, and for a fetch of keys before that, milliseconds. */
const RECORDING_MS = 2_000;

/** With less time than this an exchange could only end in doubt, milliseconds. */
const MIN_EXCHANGE_MS = 1_000;

/** The gateway's APIs over any transport: signed out, verified in. */
export function gatewayClient(parts: ClientParts): Gateway {
  return {
    ready: parts.ready,
    hasTime: (deadlineMs) => exchangeMs(parts, deadlineMs) > 0,
    apply: async (refund, deadlineMs) => {
      const request = { url: applyUrl(parts.urls, refund.kind), fields: applyFields(refund) };
      const answer = await exchange(parts, refund.no_refund, request, deadlineMs);
      return answer.type === 'code' ? applyAnswer(answer) : answer;
    },
    query: async (refund, deadlineMs) => {
      const request = { url: queryUrl(parts.urls), fields: queryFields(refund) };
      return queryAnswer(await exchange(parts, refund.no_refund, request, deadlineMs));
    },
  };
}

type Exchanged = (ReadAnswer & { sentAtMs: number }) | NotSent;
type Code = Extract<ReadAnswer, { type: 'code' }>;

async function exchange(
  parts: ClientParts,
  noRefund: string,
  { url, fields }: { url: URL; fields: Fields },
  deadlineMs: number,
): Promise<Exchanged> {
  const body = JSON.stringify(Object.fromEntries(signFields(fields, await parts.merchantKey())));
  // The last look at the clock: after a freeze this process may be long past its lease.
  const sentAtMs = parts.clock.nowMs();
  const timeoutMs = exchangeMs(parts, deadlineMs);
  if (timeoutMs === 0) return { type: 'not-sent' };
  try {
    const reply = await parts.post(url, body, timeoutMs);
    const answer = await readAnswer(
      reply,
      { oid_partner: parts.oidPartner, no_refund: noRefund },
      parts.isAuthentic,
    );
    return { ...answer, sentAtMs };
  } catch (error) {
    return { type: 'in-doubt', reason: error instanceof Error ? error.message : 'unknown', sentAtMs };
  }
}

/** How long an exchange that begins now may take, milliseconds; 0 where it could only end in doubt. */
function exchangeMs({ clock, timeoutMs }: ClientParts, deadlineMs: number): number {
  const leftMs = Math.min(timeoutMs, deadlineMs - RECORDING_MS - clock.nowMs());
  return leftMs < Math.min(timeoutMs, MIN_EXCHANGE_MS) ? 0 : leftMs;
}

function applyAnswer({ codeClass, ret_code, ret_msg }: Code): ApplyAnswer {
  if (codeClass === 'rejected' || codeClass === 'duplicate') return { type: codeClass, ret_code, ret_msg };
  return inDoubt(ret_code, ret_msg);
}

function queryAnswer(answer: Exchanged): QueryAnswer {
  if (answer.type !== 'code') return answer;
  return answer.isNotFound
    ? { type: 'not-found', sentAtMs: answer.sentAtMs }
    : inDoubt(answer.ret_code, answer.ret_msg);
}

function inDoubt(ret_code: string, ret_msg: string): InDoubt {
  return { type: 'in-doubt', reason: `return code ${ret_code}`, ret_code, ret_msg };
}
