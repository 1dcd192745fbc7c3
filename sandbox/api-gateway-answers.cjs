const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

/** What API Gateway says where no function is called, by HTTP status, and what that means. */
const ANSWERS = {
  400: ['Bad Request', 'the URL or a header is malformed'],
  404: ['Not Found', 'there is no such route'],
  413: ['Request Entity Too Large', 'the body has more than 10 MB'],
  500: ['Internal Server Error', 'the function gave no answer, and its log says why'],
};

/** serverless-offline's own route for whatever has no other. */
const NO_ROUTE = '/{p*}';

/** serverless-offline shows the error of a function that throws to the caller, with the status 200. */
const ERROR_OF_FUNCTION = /^\{"errorMessage":/;

/**
 * Has serverless-offline answer in API Gateway's place as API Gateway would, where no function has answered: its status,
 * and a body with its `message`. Beside it the body has an `error` in the service's own form, which says more.
 */
exports.answerAsApiGateway = async function answerAsApiGateway() {
  // Not one of its exports, but a file by its path is the same module.
  const main = require.resolve('serverless-offline');
  const { default: HttpServer } = await import(pathToFileURL(join(main, '../events/http/HttpServer.js')));
  const { createServer } = HttpServer.prototype;
  HttpServer.prototype.createServer = async function createServerThatAnswers() {
    await createServer.call(this);
    this.getServer().ext('onPreResponse', (request, h) => {
      const status = statusWithoutFunction(request);
      return status ? h.response(bodyOf(request, status)).code(status) : h.continue;
    });
  };
};

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
