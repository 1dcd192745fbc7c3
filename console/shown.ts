import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { serviceAt, type Whereabouts } from '../cli/refunds/service.ts';
import { type SandboxControl, sandboxControl } from '../cli/sandbox-control.ts';
import { fileOf } from '../cli/verify/file.ts';
import { readKeys } from '../cli/verify/read-keys.ts';
import type { RefundClient } from '../client/index.ts';
import type { About } from './protocol.ts';

/** The service that a console shows. */
export interface Shown {
  about: About;
  client: RefundClient;
  /** The gateway's. */
  keys: KeyObject[];
  /** The sandbox's gateway takes orders. */
  gateway?: SandboxControl;
}

/** Published with the project. */
const SANDBOX_KEY = join(import.meta.dirname, '../sandbox/keys/gateway-public.pem');

const SANDBOX_PAUSE_MS = 1_000;
/** Each look is a call of API Gateway and of a function. */
const STAGE_PAUSE_MS = 5_000;

/**
 * Finds the service.
 *
 * @param keyFiles the gateway's public keys; of the sandbox they are known
 * @throws Unusable, UnusableInput, SandboxControlError where it or a key can't be used
 */
export async function shownAt(where: Whereabouts, keyFiles: string[] = []): Promise<Shown> {
  const { client, sandbox } = await serviceAt(where);
  const files = keyFiles.length === 0 && sandbox ? [SANDBOX_KEY] : keyFiles;
  const keys = readKeys(files.map(fileOf), (fault) => console.error(`Warning: ${fault}`));
  const gateway = sandbox?.control && sandboxControl(sandbox.control);
  const about: About = {
    isSandbox: sandbox !== undefined,
    name: sandbox ? String(sandbox.port) : (where.stage ?? where.url ?? ''),
    hasKeys: keys.length > 0,
    pauseMs: sandbox ? SANDBOX_PAUSE_MS : STAGE_PAUSE_MS,
    behaviours: gateway ? await gateway.behaviours() : [],
  };
  return { about, client, keys, ...(gateway && { gateway }) };
}
