import type { ServerResponse } from 'node:http';
import type { Emit } from './events.ts';
import { type Fields, toJson } from './message-format.ts';
import { returnCode } from './return-codes.ts';
import type { Signer } from './signer.ts';

interface MessageOptions {
  readonly httpStatus?: number;
  readonly bareNumbers?: boolean;
  /** What is deliberately wrong with it, for the listener. */
  readonly remark?: string | undefined;
}

/** Sends the answer to one request, or fails in the ways that networks fail. */
export class Responder {
  readonly #response: ServerResponse;
  readonly #request: Fields;
  readonly #emit: Emit;
  readonly #rejectionSigner: Signer | undefined;

  /** @param rejectionSigner signs rejections; without it they are sent unsigned */
  constructor(response: ServerResponse, request: Fields, emit: Emit, rejectionSigner?: Signer) {
    this.#response = response;
    this.#request = request;
    this.#emit = emit;
    this.#rejectionSigner = rejectionSigner;
  }

  /** Sends a message, signed or not, as JSON. */
  message(fields: Fields, { httpStatus = 200, bareNumbers = false, remark }: MessageOptions = {}): void {
    this.#send(httpStatus, 'application/json;charset=utf-8', toJson(fields, bareNumbers));
    this.#emit({
      type: 'answered',
      no_refund: this.#no_refund,
      httpStatus,
      fields,
      ...(remark !== undefined && { remark }),
    });
  }

  /** Answers with a return code other than success; a signed one names the refund too. */
  reject(code: string, detail?: string): void {
    const fields = returnCode(code, detail);
    this.message(this.#rejectionSigner?.sign({ ...fields, ...this.#identity() }) ?? fields);
  }

  html(): void {
    this.#send(200, 'text/html;charset=utf-8', '<html><body><h1>系统维护中</h1></body></html>');
    const remark = 'a page of HTML';
    this.#emit({ type: 'answered', no_refund: this.#no_refund, httpStatus: 200, fields: {}, remark });
  }

  /** Announces the whole message, sends half of it, and breaks the connection. */
  half(fields: Fields): void {
    const body = Buffer.from(toJson(fields));
    this.#response.writeHead(200, {
      'Content-Type': 'application/json;charset=utf-8',
      'Content-Length': body.length,
    });
    this.#response.write(body.subarray(0, body.length / 2), () => this.#response.destroy());
    this.#unanswered('the connection was broken after half of the answer');
  }

  drop(): void {
    this.#response.destroy();
    this.#unanswered('the connection was broken before the answer');
  }

  silence(): void {
    this.#unanswered('no answer is given');
  }

  /** The request has never arrived: nobody answers it. */
  lost(): void {
    this.#unanswered('the request was lost on its way, and never reached the gateway');
  }

  /** The request arrives after the next one was sent: nobody answers it. */
  delayed(): void {
    this.#unanswered('the request is delayed on its way, and has not reached the gateway yet');
  }

  #send(httpStatus: number, contentType: string, text: string): void {
    this.#response.writeHead(httpStatus, { 'Content-Type': contentType }).end(text);
  }

  #unanswered(reason: string): void {
    this.#emit({ type: 'unanswered', no_refund: this.#no_refund, reason });
  }

  #identity(): Fields {
    const named = ['oid_partner', 'no_refund', 'dt_refund', 'money_refund'];
    return Object.fromEntries(Object.entries(this.#request).filter(([name]) => named.includes(name)));
  }

  get #no_refund(): string {
    return this.#request.no_refund ?? '';
  }
}
