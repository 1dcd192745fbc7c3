const MIN_FEN = 1;
const MAX_FEN = 10_000_000_000;

/**
 * An amount in CNY as the gateway wants it, with exactly two decimals, or `undefined` where the text isn't an
 * amount. Text in, text out: a binary fraction would turn 0.29 yuan into 28 fen.
 */
export function normalizeMoney(text: string): string | undefined {
  const parts = /^0*(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  return parts && text.length <= 12 ? `${parts[1]}.${(parts[2] ?? '').padEnd(2, '0')}` : undefined;
}

/** Whether a normalized amount is one the gateway refunds: 0.01 to 100000000.00 yuan. */
export function isRefundable(normalized: string): boolean {
  const fen = Number(normalized.replace('.', ''));
  return fen >= MIN_FEN && fen <= MAX_FEN;
}

/** A normalized amount in fen. Not a number: sums of many refunds must stay exact. */
export function fenOf(normalized: string): bigint {
  return BigInt(normalized.replace('.', ''));
}

/** Fen as CNY yuan with two decimals. */
export function yuanOf(fen: bigint): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
