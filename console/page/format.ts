const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long at least, in words that are short: `40 ms`, `9.9 s`, `14 min`, `2 h 5 min`, `3 d`. */
export function duration(ms: number): string {
  const { abs, floor, round } = Math;
  const size = round(abs(ms));
  if (size < SECOND) return `${size} ms`;
  if (size < 10 * SECOND) return `${floor(size / 100) / 10} s`;
  if (size < MINUTE) return `${floor(size / SECOND)} s`;
  if (size < HOUR) return joined(floor(size / MINUTE), 'min', floor((size % MINUTE) / SECOND), 's');
  if (size < DAY) return joined(floor(size / HOUR), 'h', floor((size % HOUR) / MINUTE), 'min');
  return joined(floor(size / DAY), 'd', floor((size % DAY) / HOUR), 'h');
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
}

/** How long after the beginning of a story, or before it: `+9.9 s`, `−40 ms`; empty where that isn't known. */
export function since(ms: number): string {
  if (Number.isNaN(ms)) return '';
  return ms === 0 ? '0' : `${ms < 0 ? '−' : '+'}${duration(ms)}`;
}

/** A moment in the browser's time zone, to the second. */
export function moment(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** The day of a moment in UTC+8, as `yyyymmdd`. */
export function beijingDay(ms: number): string {
  return new Date(ms + 8 * HOUR).toISOString().slice(0, 10).replaceAll('-', '');
}
