const { globSync, readFileSync, rmSync } = require('node:fs');
const http = require('node:http');
const { join } = require('node:path');
const { answerAsApiGateway } = require('./api-gateway-answers.cjs');

const LOCAL_COMMANDS = ['invoke local', 'offline', 'offline start'];

/**
 * Gives local commands, and no others, the settings of the running sandbox and its dummy credentials. None of
 * them can reach a package, and no command uses CloudFormation, this machine's AWS profiles or its proxies.
 */
module.exports = class SandboxPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    if (!LOCAL_COMMANDS.includes(serverless.processedInput.commands.join(' '))) return;
    connectDirectly();
    this.useOwnBundles();
    this.hooks = {
      initialize: () => this.useSandbox(),
      'before:offline:start:init': answerAsApiGateway,
      // `npm start` must know that this process listens, and no other.
      'after:offline:start:init': () => process.send?.('listening'),
    };
  }

  /** Other commands delete or overwrite the usual folder. */
  useOwnBundles() {
    const { serviceDir, service } = this.serverless;
    const bundles = `.sandbox/bundles-${process.pid}`;
    service.custom.esbuild.outputWorkFolder = bundles;
    process.once('exit', () => rmSync(join(serviceDir, bundles), { recursive: true, force: true }));
  }

  useSandbox() {
    const environment = this.readEnvironment();
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

  /** From the sandbox that started this process; otherwise from the one on PORT, or from the only one that runs. */
  readEnvironment() {
    const { SANDBOX_ENVIRONMENT, PORT } = process.env;
    delete process.env.SANDBOX_ENVIRONMENT;
    if (SANDBOX_ENVIRONMENT) return JSON.parse(SANDBOX_ENVIRONMENT);
    const running = this.runningSandboxes();
    const ports = running.map(({ port }) => port).join(' and ');
    if (running.length === 0)
      this.refuse(
        'The sandbox is not running. Start it with `npm start` in another terminal, and leave it running.',
      );
    if (!PORT && running.length > 1)
      this.refuse(
        `Sandboxes run on the ports ${ports}. Choose one: put PORT=${running[0].port} before the command.`,
      );
    const chosen = PORT ? running.find(({ port }) => port === Number(PORT)) : running[0];
    if (!chosen)
      this.refuse(
        `No sandbox runs on port ${PORT}, but one does on ${ports}. Put PORT=${running[0].port} before the command, or start one there with \`PORT=${PORT} npm start\` in another terminal.`,
      );
    return chosen.environment;
  }

  runningSandboxes() {
    const cwd = this.serverless.serviceDir;
    return globSync('.sandbox/settings-*.json', { cwd })
      .map((file) => JSON.parse(readFileSync(join(cwd, file), 'utf8')))
      .filter(({ pid }) => isRunning(pid))
      .sort((a, b) => a.port - b.port);
  }

  refuse(message) {
    throw new this.serverless.classes.Error(message);
  }
};

/** With NODE_USE_ENV_PROXY or --use-env-proxy, Node would send requests to 127.0.0.1 through a proxy. */
function connectDirectly() {
  process.env.NO_PROXY = process.env.no_proxy = '127.0.0.1,localhost,[::1]';
  // Node read the variables at its start, and has to read them again. Older versions can't.
  http.setGlobalProxyFromEnv?.(process.env);
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
