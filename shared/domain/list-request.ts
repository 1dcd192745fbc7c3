import { isBeijingDate } from './beijing-time.ts';
import type { Issue } from './errors.ts';
import { STATUSES, type Status } from './life-cycle.ts';
import { faultOf, form, reference, type TextForm } from './text-forms.ts';

/** Which refunds a list has. */
export type Selection =
  | { by: 'no_order' | 'oid_paybill'; value: string }
  | { by: 'day'; value: string; status?: Status }
  | { by: 'open' | 'attention' };

/** What a caller wants of a list. */
export interface ListRequest {
  /** Missing where the parameters that select have faults. */
  selection?: Selection;
  limit: number;
  /** How the caller goes on after an earlier page, as given. */
  next?: string;
}

export const DEFAULT_LIMIT = 50;

export const MAX_LIMIT = 100;

/** Each selects a list; exactly one is given. */
export const SELECTORS = ['no_order', 'oid_paybill', 'day', 'open', 'attention'] as const;

const ONE_OF_THEM = 'send exactly one of no_order, oid_paybill, day, open and attention';

/** What is wrong with a `next` that no page can have had. */
export const MALFORMED_NEXT =
  'must be the next of the page before, unchanged: leave it out to begin with the first page';

const isTrue = form(/^true$/u, 'must be true, or left out');

/** These are either true or left out. */
const IS_TRUE = { open: isTrue, attention: isTrue };

/** The forms of single parameters, in the order in which faults are reported. */
export const LIST_FORMS = {
  no_order: reference,
  oid_paybill: reference,
  day: form(
    /^\d{8}$/u,
    'must be a real day in the form yyyymmdd (UTC+8), for example 20260105',
    isBeijingDate,
  ),
  ...IS_TRUE,
  status: form(new RegExp(`^(${STATUSES.join('|')})$`, 'u'), `must be one of ${STATUSES.join(', ')}`),
  limit: form(
    /^[1-9]\d{0,2}$/u,
    `must be a whole number from 1 to ${MAX_LIMIT}`,
    (text) => +text <= MAX_LIMIT,
  ),
  next: form(/^[\w-]{1,4096}$/u, MALFORMED_NEXT),
} satisfies Record<string, TextForm>;

/** The parameters of a list, and every fault of them with its path: empty where there is none. */
export function readListRequest(input: unknown): { request: ListRequest; issues: Issue[] } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = `must be an object with the parameters of a list: ${ONE_OF_THEM}`;
    return { request: { limit: DEFAULT_LIMIT }, issues: [{ path: '', message }] };
  }
  const given = new Map<string, unknown>(
    Object.entries(input).map(([name, value]) => [name, asText(name, value)]),
  );
  const issues = [...faultsOfParameters(given), ...faultsOfSelection(given)];
  const isFaulty = (name: string) => issues.some(({ path }) => path === name);
  const valid = (name: string) => (isFaulty(name) ? undefined : (given.get(name) as string | undefined));
  const isSelected = !['', 'status', ...SELECTORS].some(isFaulty);
  return {
    request: {
      ...(isSelected && { selection: selectionIn(given as Map<string, string>) }),
      limit: Number(valid('limit') ?? DEFAULT_LIMIT),
      ...(valid('next') && { next: valid('next') }),
    },
    issues,
  };
}

/** The parameters of a query are texts; what a direct caller may send otherwise, as the text that it means. */
function asText(name: string, value: unknown): unknown {
  const isText =
    name === 'limit' ? typeof value === 'number' : Object.hasOwn(IS_TRUE, name) && value === true;
  return isText ? String(value) : value;
}

function faultsOfParameters(given: Map<string, unknown>): Issue[] {
  const known = Object.entries(LIST_FORMS).flatMap(([path, parameterForm]) => {
    if (!given.has(path)) return [];
    const value = given.get(path);
    const message = typeof value === 'string' ? faultOf(parameterForm, value) : mistyped(path);
    return message === undefined ? [] : [{ path, message }];
  });
  const unknown = [...given.keys()]
    .filter((name) => !Object.hasOwn(LIST_FORMS, name))
    .map((path) => ({ path, message: 'is not a parameter of a list: leave it out' }));
  return [...known, ...unknown];
}

function mistyped(path: string): string {
  if (Object.hasOwn(IS_TRUE, path)) return isTrue.otherwise;
  return path === 'limit' ? `${LIST_FORMS.limit.otherwise}, once` : 'must be a text, sent once';
}

function faultsOfSelection(given: Map<string, unknown>): Issue[] {
  const [first, ...others] = SELECTORS.filter((name) => given.has(name));
  const issues: Issue[] = others.map((path) => ({
    path,
    message: `contradicts ${first}, which selects another list: ${ONE_OF_THEM}`,
  }));
  if (!first) issues.push({ path: '', message: `no parameter selects a list: ${ONE_OF_THEM}` });
  if (given.has('status') && !given.has('day')) {
    issues.push({ path: 'status', message: 'goes with day alone: send day too, or leave status out' });
  }
  return issues;
}

function selectionIn(given: Map<string, string>): Selection {
  const by = SELECTORS.find((name) => given.has(name)) ?? 'open';
  const value = given.get(by) ?? '';
  if (by === 'open' || by === 'attention') return { by };
  const status = given.get('status') as Status | undefined;
  return by === 'day' ? { by, value, ...(status && { status }) } : { by, value };
}
