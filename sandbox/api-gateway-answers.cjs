const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

/** What API Gateway says where no function is called, by HTTP status, and what that means. */
const ANSWERS = {
  400: ['Bad Request', 'the URL is malformed'],
  404: ['Not Found', 'there is no such route'],
  413: ['Request Entity Too Large', 'the body has more than 10 MB'],
  500: ['Internal Server Error', 'the function gave no answer, and its log says why'],
};

/** serverless-offline's own route for whatever has no other. */
const NO_ROUTE = '/{p*}';

/** serverless-offline shows the error of a function that throws to the caller, with the status 200. */
const ERROR_OF_FUNCTION = /^\{"errorMessage":/;

/**
 * Headers by which hapi refuses a request or cuts its answer, and API Gateway doesn't. The functions get them still:
 * serverless-offline takes an event's headers from the request as it was sent.
 */
const UNREAD_HEADERS = ['content-type', 'cookie', 'range'];

/**
 * Has serverless-offline answer in API Gateway's place as API Gateway would, where no function has answered: its status,
 * and a body with its `message`. Beside it the body has an `error` in the service's own form, which says more. Requests
 * that API Gateway would pass on come to their function, and others don't.
 */
exports.answerAsApiGateway = async function answerAsApiGateway() {
  // Not one of its exports, but a file by its path is the same module.
  const main = require.resolve('serverless-offline');
  const { default: HttpServer } = await import(pathToFileURL(join(main, '../events/http/HttpServer.js')));
  const { createServer } = HttpServer.prototype;
  HttpServer.prototype.createServer = async function createServerThatAnswers() {
    await createServer.call(this);
    this.getServer().ext('onRequest', (request, h) => {
      for (const name of UNREAD_HEADERS) delete request.headers[name];
      // hapi's answer has NO_ROUTE for its route: none has been looked for yet.
      return hasOwnRoute(request) ? h.continue : h.response().takeover();
    });
    this.getServer().ext('onPreResponse', (request, h) => {
      const status = statusWithoutFunction(request);
      return status ? h.response(bodyOf(request, status)).code(status) : h.continue;
    });
  };
};

/** To hapi, HEAD is GET, and a path with a slash at its end is the one without: to API Gateway they are others. */
function hasOwnRoute({ method, raw }) {
  const [path] = raw.req.url.split('?');
  return method !== 'head' && !path.endsWith('/');
}

/** The status that API Gateway would answer with, where no function has answered. */
function statusWithoutFunction({ route, response }) {
  if (response.isBoom) return response.output.statusCode in ANSWERS ? response.output.statusCode : 500;
  if (route.path === NO_ROUTE) return 404;
  return ERROR_OF_FUNCTION.test(response.source) ? 500 : undefined;
}

function bodyOf({ method, path }, status) {
  const [message, meaning] = ANSWERS[status];
  const error = {
    name: 'ApiGatewayError',
    message: `${message}: ${meaning} (${method.toUpperCase()} ${path})`,
  };
  return { message, error };
}
