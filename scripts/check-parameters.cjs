const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { compileFunction } = require('node:vm');
const { buildSync } = require('esbuild');

/** Not an ARN: the template builds ARNs from the name, so that permissions would name a resource that doesn't exist. */
const isName = (value) => typeof value === 'string' && value !== '' && !value.startsWith('arn:');

/** A list, or an intrinsic function that returns one, such as `!Split`. */
const isList = (value) => typeof value === 'object' && value !== null;

const isEmpty = (value) => Array.isArray(value) && value.length === 0;

/** `!Ref AWS::NoValue`: what the parameter would set is left to AWS. */
const isNone = (value) => value?.Ref === 'AWS::NoValue';

/** A text serves too: the framework makes a number of it where a function or a stream has it. */
const isCount = (value, max) =>
  typeof value !== 'object' && /^[1-9]\d{0,8}$/.test(String(value)) && Number(value) <= max;

/** An object with exactly these fields, each a whole number from its least value on. */
const hasAll = (value, least) =>
  isList(value) &&
  Object.keys(value).sort().join() === Object.keys(least).sort().join() &&
  Object.entries(least).every(([name, from]) => Number.isInteger(value[name]) && value[name] >= from);

/** Lambda has no other bound than the account's quota. */
const concurrency = [
  (value) => isNone(value) || isCount(value, Number.POSITIVE_INFINITY),
  'must be a whole number from 1 (0 would stop the function); left out, nothing is reserved',
];

const parallelism = [(value) => isCount(value, 10), 'must be a whole number from 1 to 10'];

// DynamoDB gives out no more changes of a shard at once.
const batchSize = [(value) => isCount(value, 1_000), 'must be a whole number from 1 to 1000'];

const publicLimit = [
  (value) => Number.isInteger(value) && value >= 1,
  'must be a whole number from 1 (0 would turn every notification away): set it in params.<stage>, since --param passes texts only',
];

/** API Gateway may take a limit that is missing for 0, which lets nothing through. */
const routeThrottling = [
  (value) => isNone(value) || hasAll(value, { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }),
  'must be { ThrottlingRateLimit: …, ThrottlingBurstLimit: … } with both as whole numbers from 1: set it in params.<stage>',
];

/** What an on-demand table has from the beginning. DynamoDB takes nothing less. */
const LEAST_WARM = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

const warmThroughput = [
  (value) => isNone(value) || hasAll(value, LEAST_WARM),
  'must be { ReadUnitsPerSecond: …, WriteUnitsPerSecond: … } with whole numbers from 12000 and 4000, which every table has from the beginning: set it in params.<stage>',
];

const maxThroughput = (warmName) => [
  (value, { [warmName]: warm }) =>
    isNone(value) ||
    (hasAll(value, { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 1 }) &&
      (isNone(warm) ||
        (value.MaxReadRequestUnits >= warm?.ReadUnitsPerSecond &&
          value.MaxWriteRequestUnits >= warm?.WriteUnitsPerSecond))),
  `must be { MaxReadRequestUnits: …, MaxWriteRequestUnits: … } with whole numbers from 1 and not below ${warmName}: set it in params.<stage>`,
];

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
  notifyRateLimit: publicLimit,
  notifyBurstLimit: publicLimit,
  applyThrottling: routeThrottling,
  readThrottling: routeThrottling,
  applyConcurrency: concurrency,
  applyExchangeConcurrency: concurrency,
  notifyConcurrency: concurrency,
  queryConcurrency: concurrency,
  listConcurrency: concurrency,
  historyConcurrency: concurrency,
  reconcileConcurrency: [
    (value, { reconcileRuns }) =>
      isNone(value) ||
      (isCount(value, Number.POSITIVE_INFINITY) && Number(value) >= Number(reconcileRuns ?? 1)),
    'must be a whole number, reconcileRuns or more; left out, nothing is reserved',
  ],
  publishConcurrency: concurrency,
  storiesConcurrency: concurrency,
  publishParallelism: parallelism,
  storiesParallelism: parallelism,
  publishBatchSize: batchSize,
  storiesBatchSize: batchSize,
  tableWarmThroughput: warmThroughput,
  indexWarmThroughput: warmThroughput,
  historyTableWarmThroughput: warmThroughput,
  tableMaxThroughput: maxThroughput('tableWarmThroughput'),
  historyTableMaxThroughput: maxThroughput('historyTableWarmThroughput'),
};

/** Lambda's limit for all the variables of a function, as JSON. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** The commands that are checked, with the settings that each can do without: to inspect a package, one needs no merchant. */
const COMMANDS = { package: ['OID_PARTNER'], deploy: [], 'deploy function': [] };

/** Refuses parameters that CloudFormation would accept, and with which the first refund would fail. */
module.exports = class CheckParameters {
  constructor(serverless) {
    this.serverless = serverless;
    const mayBeMissing = COMMANDS[serverless.processedInput.commands.join(' ')];
    if (mayBeMissing) this.checkFirst(mayBeMissing);
  }

  /** No hook comes before the framework's own rules, whose words name no parameter. */
  checkFirst(mayBeMissing) {
    const { service } = this.serverless;
    const validate = service.validate.bind(service);
    service.validate = async () => {
      this.check(mayBeMissing);
      await validate();
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
