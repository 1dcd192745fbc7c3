const UTC_PLUS_8_MS = 8 * 3_600_000;

const digits = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\D/g, '');

/** `yyyyMMddHHmmss`, 24-hour, UTC+8: the gateway's form of a moment. Takes epoch milliseconds. */
export function beijingTime(epochMs: number): string {
  return digits(epochMs + UTC_PLUS_8_MS).slice(0, 14);
}

/** Whether the text is a `yyyyMMddHHmmss` that a calendar and a clock can show. */
export function isBeijingTime(text: string): boolean {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!parts) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, ...number[]];
  // Date.UTC rolls 31 February over into March: only a real date comes back unchanged.
  return digits(Date.UTC(year, (month ?? 0) - 1, day, hour, minute, second)).slice(0, 14) === text;
}

/** Whether the text is a `yyyyMMdd` that a calendar can show. */
export function isBeijingDate(text: string): boolean {
  return isBeijingTime(`${text}000000`);
}
