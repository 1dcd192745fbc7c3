import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRefundClient, type RefundClient } from '../../client/index.ts';
import { findSandbox, type RunningSandbox } from '../running-sandbox.ts';
import { type SandboxControl, sandboxControl } from '../sandbox-control.ts';
import { filled, textsFor } from '../texts.ts';
import { Unusable } from './exit.ts';

/** Which service is meant; none of them: the sandbox on this machine. */
export interface Whereabouts {
  stage?: string;
  url?: string;
  region?: string;
}

export interface Service {
  client: RefundClient;
  /** Where it is the sandbox on this machine. */
  sandbox?: RunningSandbox;
  /** How long to wait between two looks at a story, milliseconds: deployed, it comes seconds after its refund. */
  pauseMs: number;
}

const LOCAL = { pauseMs: 300 };
const DEPLOYED = { pauseMs: 3_000 };

const PROJECT = join(import.meta.dirname, '../..');

const texts = textsFor(process.env);

/** @throws Unusable where there is none, or it can't be found */
export async function serviceAt({ stage, url, region }: Whereabouts): Promise<Service> {
  if (stage && url) throw new Unusable(texts.both);
  if (url && !URL.canParse(url)) throw new Unusable(filled(texts.noUrl, { url }));
  if (url && !isLocal(url) && !url.startsWith('https:')) throw new Unusable(filled(texts.notHttps, { url }));
  if (url && isLocal(url)) return { client: createRefundClient({ url }), ...LOCAL };
  if (!stage && !url) return sandboxService();
  return { client: await signingClient({ stage, url, region }), ...DEPLOYED };
}

function sandboxService(): Service {
  const sandbox = runningSandbox(texts.otherwise);
  return { client: createRefundClient({ url: `http://127.0.0.1:${sandbox.port}` }), sandbox, ...LOCAL };
}

/** @param otherwise what else can be done where none runs */
function runningSandbox(otherwise = ''): RunningSandbox {
  const sandbox = findSandbox(PROJECT, process.env.PORT);
  if (typeof sandbox === 'string') throw new Unusable(`${sandbox} ${otherwise}`.trim());
  return sandbox;
}

/**
 * The control of the sandbox's gateway.
 *
 * @param command whose options say where
 * @throws Unusable where another service is meant, or no sandbox that takes orders runs
 */
export function controlAt({ stage, url }: Whereabouts, command: string): SandboxControl {
  if (stage || url) throw new Unusable(filled(texts.sandboxOnly, { command }));
  const { control } = runningSandbox();
  if (!control) throw new Unusable(texts.noControl);
  return sandboxControl(control);
}

/** With AWS's usual credentials; of a stage the URL is asked for. */
async function signingClient({ stage, url, region }: Whereabouts): Promise<RefundClient> {
  const chosen = region ?? regionIn(url) ?? writtenRegion();
  // Not loaded for the sandbox: it takes a while.
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const aws = new CloudFormationClient({ region: chosen });
  const credentials = () => aws.config.credentials();
  const urlOf = async (StackName: string) => {
    const { Stacks } = await aws.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'HttpApiUrl')?.OutputValue;
  };
  const stack = `lianlian-refunds-${stage}`;
  try {
    await credentials();
    const found = url ?? (await urlOf(stack));
    if (!found) throw new Unusable(filled(texts.noOutput, { stack }));
    return createRefundClient({ url: found, region: chosen, credentials });
  } catch (error) {
    throw error instanceof Unusable ? error : unreadBecause(error as Error);
  }
}

function unreadBecause({ name, message }: Error): Unusable {
  // The SDK's error where it finds no credentials, and where those can't be used: an SSO session has expired, for example.
  if (name === 'CredentialsProviderError')
    return new Unusable(filled(texts.noCredentials, { reason: message }));
  return new Unusable(filled(texts.unread, { reason: `${name}: ${message}` }));
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(url).hostname);
}

const regionIn = (url = ''): string | undefined => /\.execute-api\.([\w-]+)\./.exec(url)?.[1];

function writtenRegion(): string {
  const written = readFileSync(join(PROJECT, 'serverless.yml'), 'utf8');
  return /^ {2}region: (\S+)$/m.exec(written)?.[1] ?? '';
}
