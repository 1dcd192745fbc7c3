/**
 * Stands in for the SDK's credential chain when the functions are bundled (`serverless.yml`, esbuild's alias): on
 * Lambda the credentials are in the environment, and looking anywhere else costs half as much start-up again.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
