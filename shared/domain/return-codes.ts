/**
 * What a return code says about a refund that was applied for.
 *
 * - `accepted`: a verified answer's `sta_refund` tells
 * - `rejected`: this request moved no money. With an earlier attempt in doubt, the rejection is only kept until a late
 *   "not found" confirms it (app/attempt/send.ts)
 * - `duplicate`: the number, or its payment, is in use: only a query tells more
 * - `in-doubt`: it can't be known yet whether money moved
 */
export type CodeClass = 'accepted' | 'rejected' | 'duplicate' | 'in-doubt';

/** The documented codes that can answer the refund APIs, with the English of their Chinese messages. */
const CODES: Record<CodeClass, Record<string, string>> = {
  accepted: { '0000': 'accepted' },
  rejected: {
    1001: 'invalid signature',
    1004: 'invalid parameter',
    1008: 'source IP not allowed',
    1009: 'merchant suspended',
    1012: 'request could not be parsed',
    1014: 'daily amount or count limit',
    1016: 'amount limit',
    1019: 'single amount limit',
    2006: 'transaction expired',
    3001: 'invalid merchant',
    3010: 'no permission',
    5002: 'original transaction does not exist',
    5003: 'refund amount does not fit the original transaction',
    5004: 'merchant status abnormal',
    5006: 'insufficient merchant balance',
    5007: 'total refunds exceed the original amount',
    5008: 'original transaction not successful',
    5504: 'no permission for the operation',
    7017: 'wrong amount',
    9002: 'message could not be parsed',
    9092: 'payment and order numbers disagree',
    9093: 'no such payment',
    9104: 'insufficient balance of the corporate account',
    9901: 'illegal request message',
    9910: 'risk too high',
    9911: 'amount over limit',
  },
  duplicate: {
    1002: 'duplicate number',
    2005: 'original transaction is being processed',
    2007: 'already paid',
    4002: 'suspected duplicate',
    9983: 'duplicate number',
  },
  'in-doubt': {
    1003: 'processing',
    1005: 'processing failed',
    1006: 'order creation failed',
    1007: 'network busy',
    1111: 'transaction abnormal',
    2008: 'processing',
    5005: 'refund failed, try again',
    6601: 'bank address unavailable',
    8006: 'exchange failure',
    8117: 'idempotency check failed',
    8901: 'no record',
    9000: 'bank under maintenance',
    9091: 'payment creation failed',
    9094: 'bank request failed',
    9902: 'interface call failed',
    9903: 'invalid request, try later',
    9920: 'refund failed',
    9921: 'refund query failed',
    9970: 'bank day-end switch',
    9990: 'bank error',
    9991: 'bank error',
    9999: 'system error',
  },
};

const BY_CODE = new Map(
  (Object.keys(CODES) as CodeClass[]).flatMap((codeClass) =>
    Object.entries(CODES[codeClass]).map(([code, reason]) => [code, { codeClass, reason }] as const),
  ),
);

/** The class of a code that answers an application. An undocumented code proves nothing: in doubt. */
export function classOfCode(retCode: string): CodeClass {
  return BY_CODE.get(retCode)?.codeClass ?? 'in-doubt';
}

/** The English of a return code. */
export function reasonOfCode(retCode: string): string {
  return BY_CODE.get(retCode)?.reason ?? 'undocumented return code';
}

/**
 * Rejections that any request would get, whatever it asked for. Not 9901: the documents have it twice,
 * as an illegal request and as too high a risk.
 */
const REJECTING_THE_SERVICE = new Set('1001 1008 1009 1012 3001 3010 5504 9002'.split(' '));

/**
 * Whether a code rejects this service as such: its signature, its address, its merchant, its rights or its way of
 * writing. No refund goes through until somebody sets that right.
 */
export function rejectsService(retCode: string): boolean {
  return REJECTING_THE_SERVICE.has(retCode);
}

const NOT_FOUND = new Set(['8901', '5002', '9093']);

/**
 * Whether a code that answers a query says that the gateway knows no such refund. It may only lag behind: how
 * far to believe it is the attempt protocol's to decide (docs/protocol.md).
 */
export function isNotFoundCode(retCode: string): boolean {
  return NOT_FOUND.has(retCode);
}

/** Whether a code says that the gateway has too much to do at the moment. */
export function isBusyCode(retCode: string): boolean {
  return retCode === '1007';
}
