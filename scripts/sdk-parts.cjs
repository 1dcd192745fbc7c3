const { fewerErrors, fewerRegions, onlyTheVersion } = require('./sdk-edits.cjs');

/**
 * The SDK's parts that no function needs on Lambda, each with what takes its place. A stand-in exports what the SDK
 * imports from the part: esbuild refuses a name that is missing.
 */

const core = (part) => `@smithy/core/dist-es/submodules/${part}.js`;
const awsCore = (part) => `@aws-sdk/core/dist-es/submodules/${part}.js`;
const client = (name, part) => `@aws-sdk/client-${name}/${part}`;

const forAllClients = {
  // A SHA-256 for where Node.js was built without one.
  [core('checksum/sha256/Sha256Js')]: 'export const Sha256Js = undefined;',

  // Settings from the environment alone, without ~/.aws: Lambda has no such files, and looking for them takes a tenth of
  // the start. As in the SDK, a variable with a value that can't be is left alone.
  [core('config/node-config-provider/configLoader')]: `
    import { memoize } from '../property-provider/memoize';
    const told = (select, options) => {
      try {
        return select(process.env, options);
      } catch {}
    };
    export const loadConfig = ({ environmentVariableSelector, default: usual }, { signingName, logger } = {}) =>
      memoize(async () => {
        const value = told(environmentVariableSelector, { signingName, logger });
        if (value !== undefined) return value;
        return typeof usual === 'function' ? usual() : usual;
      });`,

  // AWS_DEFAULTS_MODE: time-outs, which all clients are given, and a way to retry, which is the default's.
  [core('config/defaults-mode/resolveDefaultsModeConfig')]:
    "export const resolveDefaultsModeConfig = () => async () => 'legacy';",
  [core('client/smithy-client/defaults-mode')]: 'export const loadConfigsForDefaultMode = () => ({});',

  // The region comes from the environment.
  [core('config/config-resolver/regionConfig/getInstanceMetadataRegion')]:
    'export const getInstanceMetadataRegion = async () => undefined;',

  // Adaptive retries, which no function asks for. With AWS_RETRY_MODE=adaptive they are as usual.
  [core('retry/util-retry/AdaptiveRetryStrategy')]:
    "export { StandardRetryStrategy as AdaptiveRetryStrategy } from './StandardRetryStrategy';",

  // Copies every input and output for a logger that no client has.
  [awsCore('client/middleware-logger/loggerMiddleware')]: `
    export const loggerMiddleware = undefined, loggerMiddlewareOptions = undefined;
    export const getLoggerPlugin = () => ({ applyToStack() {} });`,
  // What that logger may see. It sees nothing, should there ever be one.
  [core('client/smithy-client/schemaLogFilter')]: 'export const schemaLogFilter = () => undefined;',

  // Warns of versions of Node.js that are too old: serverless.yml names the version.
  [awsCore('client/emitWarningIfUnsupportedVersion')]: `
    export const state = {};
    export const emitWarningIfUnsupportedVersion = () => {};`,

  // The rules for names of S3 buckets.
  [core('endpoints/middleware-endpoint/service-customizations/s3')]: `
    export const DOT_PATTERN = undefined, S3_HOSTNAME_PATTERN = undefined;
    export const isArnBucketName = undefined, isDnsCompatibleBucketName = undefined;
    export const resolveParamsForS3 = undefined;`,

  // Where REST protocols put an input's fields. The functions' services take JSON alone, and none of the operations
  // has a host of its own, which is the one thing that JSON protocols ask for here.
  [core('protocols/HttpBindingNormalizedSchema')]: `
    import { translateTraits } from '@smithy/core/schema';
    export const HttpBindingNormalizedSchema = undefined;
    export const getHttpOperationBindings = ({ traits }) => {
      if (traits && translateTraits(traits).endpoint) throw new Error('Operations with a host of their own are left out');
      return [];
    };`,

  // Dates as text. JSON protocols send seconds, and the one date that the functions get (a secret's) is not looked at.
  [core('serde/date-utils')]: `
    const fromText = (value) => value == null ? undefined : new Date(value);
    export { fromText as parseRfc3339DateTime, fromText as parseRfc3339DateTimeWithOffset };
    export { fromText as parseRfc7231DateTime };
    export const parseEpochTimestamp = (value) => value == null ? undefined : new Date(Math.round(value * 1000));
    export const dateToUtcString = (date) => date.toUTCString();`,

  // Headers of signed event streams.
  '@smithy/signature-v4/dist-es/HeaderFormatter.js': 'export class HeaderFormatter {}',

  // Where the trace of an invocation is, for X-Ray and against endless loops. Lambda makes the store; the SDK has a
  // copy for where there is none, and then takes the trace from the environment.
  '@aws/lambda-invoke-store/dist-es/invoke-store.js': `
    export const InvokeStoreBase = undefined;
    export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };`,

  // The agent in each request, which CloudTrail shows: SDK, system, Node.js, service and runtime. Left out: which of
  // its features the SDK used, found out anew for each call; and the system's version, for which node:os is loaded.
  [awsCore('client/util-user-agent-node/defaultUserAgent')]: `
    export const crtAvailability = undefined, defaultUserAgent = undefined;
    export const createDefaultUserAgentProvider = ({ serviceId, clientVersion }) => () => {
      const { platform, versions, env } = process;
      const service = serviceId.toLowerCase().replaceAll(' ', '-');
      return 'aws-sdk-js/' + clientVersion + ' ua/2.1 os/' + platform + ' lang/js md/nodejs#' + versions.node +
        ' api/' + service + '#' + clientVersion + (env.AWS_EXECUTION_ENV ? ' exec-env/' + env.AWS_EXECUTION_ENV : '');
    };`,
  [awsCore('client/middleware-user-agent/user-agent-middleware')]: `
    export const userAgentMiddleware = ({ defaultUserAgentProvider }) => {
      const agent = defaultUserAgentProvider();
      return (next) => (args) => {
        args.request.headers['user-agent'] = agent;
        return next(args);
      };
    };
    export const getUserAgentMiddlewareOptions = { name: 'getUserAgentMiddleware', step: 'build', priority: 'low' };
    export const getUserAgentPlugin = (options) => ({
      applyToStack: (stack) => stack.add(userAgentMiddleware(options), getUserAgentMiddlewareOptions),
    });`,

  [awsCore('client/util-endpoints/lib/aws/partitions')]: fewerRegions,
};

const forEachClient = ['dynamodb', 'secrets-manager', 'eventbridge', 'sfn', 'sqs'].map((name) => ({
  [client(name, 'package.json')]: onlyTheVersion,
  // Clients' extensions, which no client is given. Asking for the first one sets the time-out of sockets.
  [client(name, 'dist-es/runtimeExtensions.js')]: `
    import { getHttpHandlerExtensionConfiguration } from '@smithy/core/protocols';
    export const resolveRuntimeExtensions = (config) => {
      getHttpHandlerExtensionConfiguration(config);
      return config;
    };`,
}));

// SQS has names of its own for errors, which its list tells.
const withFewerErrors = ['dynamodb', 'secrets-manager', 'eventbridge', 'sfn'].map((name) => ({
  [client(name, 'dist-es/schemas/schemas_0.js')]: fewerErrors,
}));

const forDynamoDB = {
  // Asks for endpoints, which serverless.yml leaves out.
  [client('dynamodb', 'dist-es/commands/DescribeEndpointsCommand.js')]:
    'export const DescribeEndpointsCommand = undefined;',
};

module.exports = Object.assign({}, forAllClients, ...forEachClient, ...withFewerErrors, forDynamoDB);
