const eightHoursMs = 8 * 60 * 60 * 1000;

/** The date in UTC+8 as `yyyyMMdd`. */
export function beijingDate(at = new Date()): string {
  return new Date(at.getTime() + eightHoursMs).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Whether the text is `yyyyMMddHHmmss` and a moment that exists: no 30 February, no hour 24. */
export function isBeijingTime(text: string): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!match) return false;
  const [year, month, day, hour, minute, second] = match.slice(1);
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  // Date rolls 30 February over into March instead of refusing it.
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso;
}
