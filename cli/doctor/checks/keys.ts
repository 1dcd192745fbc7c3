import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { lianlianKeysOf, merchantKeyOf } from '../../../shared/signing/key-secrets.ts';
import { parsePublicKey } from '../../../shared/signing/keys.ts';
import { about, type Finding, failureOf } from '../finding.ts';
import type { Setup } from '../setup.ts';

const secrets = about('secrets');
const report = about('keys');

const SEE = 'docs/settings.md#create-the-keys';

/** Whether the secrets can be read, and hold keys that fit. */
export async function checkKeys(setup: Setup): Promise<Finding[]> {
  const { merchantKeySecretId, lianlianKeySecretId } = setup.config;
  const findings: Finding[] = [];
  const faultIn = (secretId: string) => (fault: string) =>
    findings.push(report.fault(`The secret '${secretId}' ${fault}`, `Correct the secret: ${SEE}`));
  const keysIn = async <T>(secretId: string, read: (text: string) => T) => {
    const text = await secretOf(setup, secretId, findings);
    return text === undefined ? undefined : attempt(() => read(text), faultIn(secretId));
  };
  const own = await keysIn(merchantKeySecretId, merchantKeyOf);
  const theirs = await keysIn(lianlianKeySecretId, (text) =>
    lianlianKeysOf(text, faultIn(lianlianKeySecretId)),
  );
  if (own) findings.push(aboutPair(own, merchantKeySecretId));
  if (theirs) findings.push(aboutGatewayKeys(theirs, own, setup));
  if (setup.stack) findings.push(...publishedKeys(own, theirs ?? []));
  return findings;
}

/** A missing name is a fault of the settings, and told there. */
async function secretOf({ aws }: Setup, id: string, findings: Finding[]): Promise<string | undefined> {
  if (!id) return undefined;
  try {
    const secret = await aws.secrets.send(new GetSecretValueCommand({ SecretId: id }));
    findings.push(secrets.ok(`The secret '${id}' can be read`));
    return secret.SecretString ?? Buffer.from(secret.SecretBinary ?? []).toString();
  } catch (error) {
    findings.push(failureOf(secrets, `secret '${id}'`, error, `Create it: ${SEE}`));
    return undefined;
  }
}

function attempt<T>(read: () => T, onFault: (fault: string) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    onFault((error as Error).message);
    return undefined;
  }
}

const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0;

/** OpenSSL reads a private key whose parts don't fit each other without a word. */
function aboutPair(own: KeyObject, secretId: string): Finding {
  const probe = Buffer.from('probe');
  const isPair = attempt(
    () => verify('md5', probe, createPublicKey(own), sign('md5', probe, own)),
    () => {},
  );
  return isPair
    ? report.ok(`The merchant's key has ${bitsOf(own)} bits, and its halves fit`)
    : report.fault(
        `What the key in '${secretId}' signs doesn't verify under its own public half: it is damaged`,
        `Store the key again: ${SEE}`,
      );
}

function aboutGatewayKeys(theirs: KeyObject[], own: KeyObject | undefined, { config }: Setup): Finding {
  const ownHalf = own && createPublicKey(own);
  if (ownHalf && theirs.some((key) => key.equals(ownHalf)))
    return report.fault(
      `The secret '${config.lianlianKeySecretId}' holds the public half of your own key`,
      `Store LianLian's public key in its place: ${SEE}`,
    );
  const sizes = theirs.map((key) => `${bitsOf(key)} bits`).join(', ');
  return report.ok(`The gateway has ${theirs.length === 1 ? 'one key' : `${theirs.length} keys`}: ${sizes}`);
}

/** The sandbox's keys are in every clone of the project: anybody can sign with them. */
function publishedKeys(own: KeyObject | undefined, theirs: KeyObject[]): Finding[] {
  const published = ['merchant', 'gateway', 'untrusted'].map((name) =>
    parsePublicKey(readFileSync(`sandbox/keys/${name}-public.pem`, 'utf8')),
  );
  const used = [...(own ? [createPublicKey(own)] : []), ...theirs];
  return used.some((key) => published.some((other) => other.equals(key)))
    ? [
        report.fault(
          'A secret holds a key of the sandbox, which is published',
          `Store a key of your own: ${SEE}`,
        ),
      ]
    : [];
}
