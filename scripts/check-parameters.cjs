/** An ARN goes where only a name is understood: the rights would name something that isn't there. */
const isName = (value) => typeof value === 'string' && value !== '' && !value.startsWith('arn:');

/** A list, or what CloudFormation makes one of, such as `!Split`. */
const isList = (value) => typeof value === 'object' && value !== null;

const isEmpty = (value) => Array.isArray(value) && value.length === 0;

/** What each parameter of serverless.yml must be; what is left out here, CloudFormation refuses by itself. */
const rules = {
  oidPartner: [
    (value) => typeof value === 'string' && /^[\x21-\x7e]{0,18}$/.test(value),
    'must be a text of at most 18 characters, in quotes: YAML rounds a number of that length',
  ],
  merchantKeySecretId: [isName, "must be the secret's name, not its ARN"],
  lianlianKeySecretId: [isName, "must be the secret's name, not its ARN"],
  eventBusName: [isName, "must be the bus's name, not its ARN"],
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

/** Refuses parameters that CloudFormation would take, and that would fail when the first refund comes. */
module.exports = class CheckParameters {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:initialize': () => this.check(),
      'before:deploy:deploy': () => this.checkMerchant(),
    };
  }

  check() {
    const { parameters } = this.serverless.service.custom;
    this.refuse(
      Object.entries(rules).flatMap(([name, [holds, otherwise]]) =>
        holds(parameters[name], parameters) ? [] : [`${name} ${otherwise}`],
      ),
    );
  }

  /** A package may be looked at without it. */
  checkMerchant() {
    const { oidPartner } = this.serverless.service.custom.parameters;
    this.refuse(oidPartner ? [] : ['oidPartner is missing: give the merchant id that LianLian has assigned']);
  }

  refuse(faults) {
    if (faults.length === 0) return;
    throw new this.serverless.classes.Error(
      `The parameters of serverless.yml are wrong: ${faults.join('; ')}.`,
    );
  }
};
