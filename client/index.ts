export { type CallOptions, createRefundClient, type RefundClient } from './client.ts';
export { type ErrorName, RefundServiceError, RefundWaitTimeout } from './errors.ts';
export type { Outcome } from './outcome.ts';
export type { ListQuery, ReceivedMessage, RefundPage, StoryEntry, Totals } from './pages.ts';
export type { Repetition } from './repeat.ts';
export type { ClientOptions } from './requests.ts';
export type { Credentials } from './signature.ts';
export type * from './types.ts';
export type { WaitOptions } from './wait.ts';
