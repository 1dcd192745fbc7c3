import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayContext } from './context.ts';
import type { Kind } from './ledger.ts';
import type { Fields } from './message-format.ts';
import { answerQuery } from './query-api.ts';
import { RefundApi } from './refund-api.ts';
import { validateRequest } from './request-validation.ts';
import { Responder } from './responder.ts';

/** A request as it came in. */
export interface ReceivedRequest {
  /** `/refund.htm`, `/exchangerefund.htm` or `/refundquery.htm`. */
  readonly url: string;
  readonly body: string;
  /** The text fields of the body. */
  readonly fields: Fields;
  readonly at: Date;
}

/** Handles a request whose body has been read. */
export type HandleRequest = (
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
) => Promise<void>;

const kinds: Record<string, Kind | 'query'> = {
  '/refund.htm': 'refund',
  '/exchangerefund.htm': 'exchange-refund',
  '/refundquery.htm': 'query',
};

/** @param requests gets each request to one of the gateway's paths, also those that are rejected */
export function requestHandler(context: GatewayContext, requests: ReceivedRequest[]): HandleRequest {
  const { settings, signer, emit } = context;
  const merchant = { oidPartner: settings.oidPartner, publicKey: settings.merchantPublicKey };
  const refundApi = new RefundApi(context);

  return async (request, body, response) => {
    const path = request.url ?? '';
    const kind = kinds[path];
    if (request.method !== 'POST' || !kind) return notFound(response);

    const contentType = request.headers['content-type'] ?? '';
    const validated = validateRequest(body, contentType, kind === 'query', merchant);
    const { fields } = validated;
    requests.push({ url: path, body: body.toString(), fields, at: new Date() });
    const onReceived = (remark?: string) =>
      emit({
        type: 'request-received',
        no_refund: fields.no_refund ?? '',
        path,
        fields,
        ...(remark !== undefined && { remark }),
      });
    if (kind === 'query' || !validated.valid) onReceived();

    const responder = new Responder(response, fields, emit, settings.signRejections ? signer : undefined);
    if (!validated.valid) return responder.reject(validated.code, validated.detail);
    if (kind === 'query') return answerQuery(context, fields, responder);
    await refundApi.handle(kind, fields, responder, onReceived);
  };
}

function notFound(response: ServerResponse): void {
  response
    .writeHead(404, { 'Content-Type': 'text/plain;charset=utf-8' })
    .end(`POST to one of ${Object.keys(kinds).join(', ')}\n`);
}
