import { createServer } from 'node:http';
import { close, listen, readBody } from '../../sandbox/http.ts';
import type { ApiGateway } from './api-gateway.ts';
import { ThrownByFunction } from './lambda.ts';

/** Lambda's Invoke, for functions by their deployed names. A thrown error is a 200 with a header, as Lambda has it. */
export async function startLambdaApi(
  invoke: (functionName: string, payload: unknown) => Promise<unknown>,
): Promise<ApiGateway> {
  const server = createServer(async (request, response) => {
    const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
    const text = String(await readBody(request));
    const answer = (status: number, body: unknown, headers = {}) =>
      response
        .writeHead(status, { 'x-amz-executed-version': '$LATEST', ...headers })
        .end(JSON.stringify(body ?? null));
    try {
      return answer(200, await invoke(name, JSON.parse(text || 'null')));
    } catch (error) {
      if (error instanceof SyntaxError)
        return answer(400, { message: 'Could not parse request body into json' }, INVALID_JSON);
      if (!(error instanceof ThrownByFunction)) throw error;
      const { name: errorType, message: errorMessage } = error;
      return answer(200, { errorType, errorMessage, trace: [] }, { 'x-amz-function-error': 'Unhandled' });
    }
  });
  return { url: await listen(server, 0, 'Lambda'), stop: () => close(server) };
}

const INVALID_JSON = { 'x-amzn-errortype': 'InvalidRequestContentException' };
