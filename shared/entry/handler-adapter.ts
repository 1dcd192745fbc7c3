import middy, { type MiddlewareObj } from '@middy/core';
import type { Invocation, Log } from '../app/ports/context.ts';
import type { RefundError } from '../domain/errors.ts';
import { errorBody, publicError, statusCodeOf } from './error-answers.ts';
import { type HttpAnswer, type HttpEvent, isHttpEvent, jsonAnswer } from './http-event.ts';

/** What Lambda tells of an invocation; local callers leave some of it out. */
interface LambdaContext {
  awsRequestId?: string;
  getRemainingTimeInMillis?(): number;
}

/** How the two ways of calling a function become an input, and its output an answer: HTTP through API Gateway, and direct invocation. */
export interface Adapter<Input, Output> {
  logFor(requestId: string): Log;
  fromDirect(event: unknown): Input;
  http: HttpAdapter<Input, Output>;
}

/** HTTP through API Gateway: whatever it is routed to is answered over HTTP. */
export interface HttpAdapter<Input, Output> {
  read(event: HttpEvent): Input;
  answer(output: Output): HttpAnswer;
  /** The form of an error, where it isn't the usual one. */
  error?(error: RefundError): HttpAnswer;
}

/** Reserved for the way from the handler's answer to the caller, milliseconds. */
const ANSWERING_MS = 300;

/** The remaining time where the caller tells none, milliseconds: less than API Gateway waits. */
const ASSUMED_REMAINING_MS = 28_000;

export type Handler = (event: unknown, context?: LambdaContext) => Promise<unknown>;

/** A Lambda handler: the event becomes an input, the outcome an answer in the form that its caller expects. */
export function adaptHandler<Input, Output>(
  adapter: Adapter<Input, Output>,
  handle: (input: Input, invocation: Invocation) => Promise<Output>,
): Handler {
  const base = (input: Input, context: LambdaContext) => handle(input, invocationOf(context));
  // The use cases keep their own deadlines: these decide what may still be sent.
  return middy(base as never, { timeoutEarlyInMillis: 0 }).use(adapt(adapter) as never) as unknown as Handler;
}

type Middleware = MiddlewareObj<unknown, unknown, Error, LambdaContext, { isHttp?: boolean }>;

function adapt<Input, Output>({ logFor, fromDirect, http }: Adapter<Input, Output>): Middleware {
  return {
    before: (request) => {
      const { event, internal } = request;
      internal.isHttp = isHttpEvent(event);
      request.event = isHttpEvent(event) ? http.read(event) : fromDirect(event);
    },
    after: (request) => {
      if (request.internal.isHttp) request.response = http.answer(request.response as Output);
    },
    onError: (request) => {
      const error = publicError(request.error, logFor(request.context.awsRequestId ?? ''));
      if (!request.internal.isHttp) request.error = error;
      else request.response = http.error?.(error) ?? jsonAnswer(statusCodeOf(error), errorBody(error));
    },
  };
}

function invocationOf(context: LambdaContext): Invocation {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? ASSUMED_REMAINING_MS;
  return { requestId: context.awsRequestId ?? '', deadlineMs: Date.now() + remainingMs - ANSWERING_MS };
}
