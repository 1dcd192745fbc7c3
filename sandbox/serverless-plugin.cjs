const { readFileSync } = require('node:fs');
const path = require('node:path');

/** Where a running sandbox says how it can be reached; written by `npm start`. */
const SETTINGS_FILE = path.join('.sandbox', 'settings.json');

const LOCAL_COMMANDS = ['invoke local', 'offline', 'offline start'];

/**
 * Gives local commands, and no others, the settings of the running sandbox and its dummy credentials. Nothing of
 * it can reach a package, and nothing asks CloudFormation or this machine's AWS profiles.
 */
module.exports = class SandboxPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { initialize: () => this.useSandbox() };
  }

  useSandbox() {
    if (!LOCAL_COMMANDS.includes(this.serverless.processedInput.commands.join(' '))) return;
    const { environment } = this.readSettings();
    const { provider, functions } = this.serverless.service;
    provider.environment = { ...provider.environment, ...environment };
    for (const lambda of Object.values(functions))
      lambda.environment = { ...lambda.environment, ...environment };

    const aws = this.serverless.getProvider('aws');
    aws.getAwsSdkV3CredentialsProvider = () => async () => ({
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    });
    for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
  }

  readSettings() {
    try {
      const settings = JSON.parse(readFileSync(path.join(this.serverless.serviceDir, SETTINGS_FILE), 'utf8'));
      process.kill(settings.pid, 0);
      return settings;
    } catch {
      throw new this.serverless.classes.Error(
        'The sandbox is not running. Start it with `npm start` in another terminal, and leave it running.',
      );
    }
  }
};
