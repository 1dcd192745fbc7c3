const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { compileFunction } = require('node:vm');
const { buildSync } = require('esbuild');

/** Not an ARN: the template builds ARNs from the name, so that permissions would name a resource that doesn't exist. */
const isName = (value) => typeof value === 'string' && value !== '' && !value.startsWith('arn:');

/** A list, or an intrinsic function that returns one, such as `!Split`. */
const isList = (value) => typeof value === 'object' && value !== null;

const isEmpty = (value) => Array.isArray(value) && value.length === 0;

/**
 * Rules for parameters of serverless.yml that the functions' rules for settings don't cover, and that CloudFormation
 * doesn't check by itself.
 */
const rules = {
  oidPartner: [
    (value) => typeof value === 'string',
    'must be a text, in quotes: YAML rounds a number of that length',
  ],
  merchantKeySecretId: [isName, "must be the secret's name, not its ARN"],
  lianlianKeySecretId: [isName, "must be the secret's name, not its ARN"],
  eventBusName: [isName, "must be the bus's name, not its ARN"],
  createEventBus: [(value) => ['true', 'false'].includes(String(value)), 'must be true or false'],
  alarmActions: [isList, 'must be a list of ARNs: set it in params.<stage>, since --param passes texts only'],
  refundTimeoutSeconds: [
    (value) => Number.isInteger(value) && value >= 60,
    'must be a number from 60: set it in params.<stage>, since --param passes texts only',
  ],
  network: [
    (value, { vpc }) => value === (isEmpty(vpc?.subnetIds ?? []) ? 'public' : 'vpc'),
    'must be vpc where there are subnets in the parameter vpc, and public where there are none',
  ],
};

/** Lambda's limit for all the variables of a function, as JSON. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Refuses parameters that CloudFormation would accept, and with which the first refund would fail. */
module.exports = class CheckParameters {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      // To inspect a package, one needs no merchant.
      'before:package:initialize': () => this.check(['OID_PARTNER']),
      'before:deploy:deploy': () => this.check([]),
      'before:deploy:function:initialize': () => this.check([]),
    };
  }

  /** @param mayBeMissing names of settings */
  check(mayBeMissing) {
    const faults = [...this.parameterFaults(), ...this.settingFaults(mayBeMissing)];
    if (faults.length === 0) return;
    throw new this.serverless.classes.Error(
      `The parameters of serverless.yml are wrong: ${faults.join('; ')}.`,
    );
  }

  parameterFaults() {
    const { parameters } = this.serverless.service.custom;
    return Object.entries(rules).flatMap(([name, [holds, otherwise]]) =>
      holds(parameters[name], parameters) ? [] : [`${name} ${otherwise}`],
    );
  }

  /** The faults that each function would report at its start, with the parameter to correct. */
  settingFaults(mayBeMissing) {
    const { readSettings, reconcileConfigFrom, REQUIRED_SETTINGS } = readRules();
    const { provider, functions } = this.serverless.service;
    const parameters = this.parametersOfSettings();
    const faults = Object.values(functions).flatMap(({ environment }) => {
      const settings = textsOf({ ...provider.environment, ...environment });
      const required = REQUIRED_SETTINGS.filter(
        (setting) => setting in settings && !mayBeMissing.includes(setting),
      );
      return [...readSettings(settings, required, reconcileConfigFrom).faults, ...faultsOfSize(settings)];
    });
    return [...new Set(faults)].map((fault) => {
      const parameter = parameters.get(fault.split(' ', 1)[0]);
      return parameter ? `${fault} (parameter ${parameter})` : fault;
    });
  }

  /** Reads the file: in the loaded service, each parameter is replaced by its value already. */
  parametersOfSettings() {
    const { serviceDir, configurationFilename } = this.serverless;
    const written = readFileSync(join(serviceDir, configurationFilename), 'utf8');
    const lines = written.matchAll(/^ +([A-Z_]+): \$\{param:(\w+)\}$/gm);
    return new Map([...lines].map(([, setting, parameter]) => [setting, parameter]));
  }
};

/** The rules by which the functions read their settings. */
function readRules() {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, '../shared/runtime/config.ts')],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  });
  const rulesModule = { exports: {} };
  compileFunction(outputFiles[0].text, ['module', 'require'])(rulesModule, require);
  return rulesModule.exports;
}

/** Settings as a function would read them, without those that only CloudFormation can evaluate. */
function textsOf(environment) {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => typeof value !== 'object' || value === null)
      .map(([name, value]) => [name, String(value ?? '')]),
  );
}

function faultsOfSize(settings) {
  if (Buffer.byteLength(JSON.stringify(settings)) <= MAX_ENVIRONMENT_BYTES) return [];
  const [[longest]] = Object.entries(settings).sort(([, a], [, b]) => b.length - a.length);
  return [`${longest} is too long: Lambda takes ${MAX_ENVIRONMENT_BYTES} bytes of settings in all`];
}
