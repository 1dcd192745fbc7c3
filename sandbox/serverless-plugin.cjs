const { globSync, readFileSync } = require('node:fs');

/** Where running sandboxes say how they can be reached, a file each; written by `npm start`. */
const SETTINGS_FILES = '.sandbox/settings-*.json';

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

  /** Of the sandbox that has started this command, or else of any that runs. */
  readSettings() {
    const { SANDBOX_SETTINGS } = process.env;
    const cwd = this.serverless.serviceDir;
    for (const file of SANDBOX_SETTINGS ? [SANDBOX_SETTINGS] : globSync(SETTINGS_FILES, { cwd }).sort()) {
      const settings = JSON.parse(readFileSync(`${cwd}/${file}`, 'utf8'));
      if (isRunning(settings.pid)) return settings;
    }
    throw new this.serverless.classes.Error(
      'The sandbox is not running. Start it with `npm start` in another terminal, and leave it running.',
    );
  }
};

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
