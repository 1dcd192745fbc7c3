import { InvalidRequest, PayloadTooLarge } from '../domain/errors.ts';

/** What is read of an API Gateway event, payload 1.0 and 2.0 alike. */
export interface HttpEvent {
  body?: string | null;
  isBase64Encoded?: boolean;
  pathParameters?: Record<string, string | undefined> | null;
  queryStringParameters?: Record<string, string | undefined> | null;
  /** Payload 2.0. */
  rawQueryString?: string;
  /** Payload 1.0. */
  multiValueQueryStringParameters?: Record<string, string[] | undefined> | null;
  requestContext: {
    http?: { sourceIp?: string };
    authorizer?: { iam?: { userArn?: string | null } | null } | null;
    identity?: { sourceIp?: string; userArn?: string | null };
  };
}

/** What API Gateway sends back to the caller. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export const MAX_BODY_BYTES = 65_536;

/** Whether an event came through API Gateway; anything else is a direct invocation. */
export function isHttpEvent(event: unknown): event is HttpEvent {
  const context = (event as Partial<HttpEvent> | null | undefined)?.requestContext;
  return typeof context === 'object' && context !== null;
}

/**
 * The body of a request, whatever its content type says.
 *
 * @throws PayloadTooLarge, InvalidRequest
 */
export function bodyOf(event: HttpEvent): string {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  refuseTooLarge(bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequest([{ path: '', message: 'the body must be UTF-8 text' }]);
  }
}

/** @throws PayloadTooLarge */
function refuseTooLarge(bytes: number): void {
  if (bytes > MAX_BODY_BYTES) throw new PayloadTooLarge(MAX_BODY_BYTES);
}

/**
 * A direct invocation's input as the text that a body would be.
 *
 * @throws PayloadTooLarge, InvalidRequest
 */
export function textOf(input: unknown): string {
  const text = typeof input === 'string' ? input : stringified(input);
  refuseTooLarge(Buffer.byteLength(text));
  return text;
}

/**
 * A direct invocation's input, if it isn't larger than a body may be.
 *
 * @throws PayloadTooLarge, InvalidRequest
 */
export function notTooLarge(input: unknown): unknown {
  textOf(input);
  return input;
}

function stringified(input: unknown): string {
  try {
    return JSON.stringify(input) ?? '';
  } catch {
    throw new InvalidRequest([{ path: '', message: 'must not be nested that deep' }]);
  }
}

/** The parameters of the query; one that is given more than once is a list, since API Gateway keeps or joins its values. */
export function parametersOf(event: HttpEvent): Record<string, unknown> {
  const { queryStringParameters, rawQueryString = '', multiValueQueryStringParameters } = event;
  const raw = new URLSearchParams(rawQueryString);
  const parameters = Object.entries(queryStringParameters ?? {}).map(([name, value]) => {
    const values = multiValueQueryStringParameters?.[name] ?? raw.getAll(name);
    return [name, values.length > 1 ? values : value] as const;
  });
  return Object.fromEntries(parameters);
}

/**
 * What is asked of the refund that the path names. A number in the query too is kept beside it: it can't be meant, and
 * must not be passed over.
 */
export function askedOfRefund(event: HttpEvent): Record<string, unknown> {
  const { no_refund: other, ...parameters } = parametersOf(event);
  const named = event.pathParameters?.no_refund;
  return { ...parameters, no_refund: other === undefined ? named : [named, other] };
}

/**
 * For routes whose whole input is the body.
 *
 * @throws InvalidRequest that names every parameter of the query
 */
export function refuseParameters(event: HttpEvent): void {
  const names = Object.keys(parametersOf(event));
  const message = 'is not a parameter of this route';
  if (names.length > 0) throw new InvalidRequest(names.map((path) => ({ path, message })));
}

/** The caller's address as API Gateway saw it; a header could say anything. */
export function sourceIpOf({ requestContext }: HttpEvent): string {
  return requestContext.http?.sourceIp ?? requestContext.identity?.sourceIp ?? '';
}

/** Longer than any ARN of a role's session. */
const MAX_IAM_IDENTITY = 256;

/** The IAM identity that API Gateway has authenticated; a header could say anything. */
export function iamIdentityOf({ requestContext }: HttpEvent): string | undefined {
  const { authorizer, identity } = requestContext;
  const userArn = authorizer?.iam?.userArn ?? identity?.userArn;
  return userArn ? userArn.slice(0, MAX_IAM_IDENTITY) : undefined;
}

export function jsonAnswer(statusCode: number, body: object): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}
