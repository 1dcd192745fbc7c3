/**
 * Stands in for the DynamoDB client's endpoint discovery when the functions are bundled (`serverless.yml`,
 * esbuild's alias): no function turns it on, and its cache would be 8 KB of every start.
 */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};
