import { errorIn } from './errors.ts';
import { type Outcome, outcomeIn } from './outcome.ts';
import { type ListQuery, pagesOf, type RefundPage, type StoryEntry } from './pages.ts';
import type { Answer } from './repeat.ts';
import { type ClientOptions, type RefundRequest, sender } from './requests.ts';
import type { Application, ReadRefund, Refund } from './types.ts';
import { type WaitOptions, waitForEnd } from './wait.ts';

/** Ends a call early. What was sent may take effect all the same. */
export interface CallOptions {
  signal?: AbortSignal;
}

/**
 * Calls the service. A request that failed is repeated, unchanged and under the same number, where that is safe; what is
 * left is thrown as RefundServiceError.
 */
export interface RefundClient {
  /** Applies for the refund of a CNY payment. Conflicts and rejections are outcomes, not errors. */
  apply(input: Application, options?: CallOptions): Promise<Outcome>;
  /** Applies for the refund of a payment that was made in a foreign currency. */
  applyExchange(input: Application, options?: CallOptions): Promise<Outcome>;
  /** Reads a refund; with `refresh` the gateway is queried first. Throws RefundNotFound. */
  get(noRefund: string, options?: CallOptions & { refresh?: boolean }): Promise<ReadRefund>;
  /** What happened to a refund, oldest first; pages are read as they are needed. Throws RefundNotFound. */
  history(noRefund: string, options?: CallOptions): AsyncGenerator<StoryEntry, void>;
  /** The pages of a list, oldest refund first; each is read when it is asked for. With the `next` of a page: those after it. */
  list(query: ListQuery, options?: CallOptions & { next?: string }): AsyncGenerator<RefundPage, void>;
  /** Waits until the refund has succeeded, failed, or been rejected. Throws RefundWaitTimeout. */
  waitForEnd(noRefund: string, options: WaitOptions): Promise<Refund>;
}

/** @throws TypeError where options are missing or the URL is none */
export function createRefundClient(options: ClientOptions): RefundClient {
  const send = sender(options);
  const read: Read = async (request) => contentOf(await send({ ...request, method: 'GET' }));
  const apply =
    (route: string): RefundClient['apply'] =>
    async (body, { signal } = {}) =>
      outcomeIn(await send({ method: 'POST', path: [route], body, signal }));
  const get: RefundClient['get'] = (noRefund, { refresh, signal } = {}) =>
    read({ path: ['refunds', noRefund], query: { refresh }, signal });

  return {
    apply: apply('refunds'),
    applyExchange: apply('exchange-refunds'),
    get,
    history: (noRefund, { signal } = {}) => entriesOf(read, noRefund, signal),
    list: (query, { next, signal } = {}) => listed(read, query, next, signal),
    waitForEnd: (noRefund, options) => waitForEnd(noRefund, (signal) => get(noRefund, { signal }), options),
  };
}

type Read = <T>(request: Omit<RefundRequest, 'method'>) => Promise<T>;

function contentOf<T>({ status, body }: Answer): T {
  if (status !== 200) throw errorIn(status, body);
  return body as T;
}

async function* entriesOf(read: Read, noRefund: string, signal?: AbortSignal) {
  const path = ['refunds', noRefund, 'history'];
  const pages = pagesOf((next) =>
    read<{ entries: StoryEntry[]; next?: string }>({ path, query: { next }, signal }),
  );
  for await (const { entries } of pages) yield* entries;
}

function listed(read: Read, query: ListQuery, begin?: string, signal?: AbortSignal) {
  return pagesOf((next) => read<RefundPage>({ path: ['refunds'], query: { ...query, next }, signal }), begin);
}
