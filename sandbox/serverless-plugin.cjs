const { globSync, readFileSync } = require('node:fs');

const LOCAL_COMMANDS = ['invoke local', 'offline', 'offline start'];

/**
 * Gives local commands, and no others, the settings of the running sandbox and its dummy credentials. Nothing of
 * it can reach a package, and nothing asks CloudFormation or this machine's AWS profiles.
 */
module.exports = class SandboxPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    if (!LOCAL_COMMANDS.includes(serverless.processedInput.commands.join(' '))) return;
    // A command that packages deletes the usual folder, from which a running sandbox would load its functions.
    const { SANDBOX_BUNDLES = '.sandbox/bundles' } = process.env;
    serverless.service.custom.esbuild.outputWorkFolder = SANDBOX_BUNDLES;
    this.hooks = { initialize: () => this.useSandbox() };
  }

  useSandbox() {
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

  /** Of the sandbox on the port that PORT says, if one runs there, or else of any that runs. */
  readSettings() {
    const cwd = this.serverless.serviceDir;
    const own = `.sandbox/settings-${process.env.PORT}.json`;
    const files = globSync('.sandbox/settings-*.json', { cwd }).sort((a, b) => (b === own) - (a === own));
    for (const file of files) {
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
