import { createServer, type IncomingHttpHeaders } from 'node:http';
import { close, listen } from '../../sandbox/http.ts';

/** An answer in the form of AWS's JSON protocols. */
export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: object;
}

/** A server that answers as it was told to, whatever it is asked, and keeps what it was asked. */
export interface ScriptedAws {
  readonly endpoint: string;
  readonly requests: { headers: IncomingHttpHeaders; body: string }[];
  /** Forgets earlier requests, and gives these answers in turn, the last of them again and again. */
  answer(...answers: ScriptedAnswer[]): void;
  stop(): Promise<void>;
}

/** Starts a scripted server on a free port of this machine. */
export async function startScriptedAws(): Promise<ScriptedAws> {
  let answers: ScriptedAnswer[] = [{}];
  const requests: ScriptedAws['requests'] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { status = 200, headers, body = {} } = answers[requests.length] ?? answers.at(-1) ?? {};
    requests.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    outgoing.writeHead(status, headers).end(JSON.stringify(body));
  });
  return {
    endpoint: await listen(server, 0, 'a scripted AWS'),
    requests,
    answer: (...next) => {
      answers = next;
      requests.length = 0;
    },
    stop: () => close(server),
  };
}

/** The answer for an error. */
export const refusal = (name: string, more: object = {}, status = 400): ScriptedAnswer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no', ...more },
});
