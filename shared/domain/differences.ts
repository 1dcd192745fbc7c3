import type { Issue } from './errors.ts';
import type { Refund, RequestFields } from './refund.ts';
import type { RefundRequest } from './refund-request.ts';

/**
 * In what a request differs from the recorded refund of its number: the API it came through, and each given field that
 * isn't the recorded one. A field that is left out matches; so what an answer says can be sent back.
 */
export function differencesFrom(recorded: Refund, { kind, given }: RefundRequest): Issue[] {
  const otherApi =
    recorded.kind === 'external'
      ? 'is external: the refund was made elsewhere, and is known from its notification alone'
      : `is ${recorded.kind} in the record: apply through that API`;
  const others = (Object.keys(given) as (keyof RequestFields)[]).filter(
    (field) => given[field] !== recorded[field],
  );
  return [
    ...(kind === recorded.kind ? [] : [{ path: 'kind', message: otherApi }]),
    ...others.map((path) => ({
      path,
      message: recorded[path] === undefined ? 'is not in the record' : `is ${recorded[path]} in the record`,
    })),
  ];
}
