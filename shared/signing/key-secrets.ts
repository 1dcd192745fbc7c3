import type { KeyObject } from 'node:crypto';
import { blocksOf, parsePrivateKey, parsePublicKey } from './keys.ts';

/**
 * The merchant's key out of the text of its secret: `{"private_key": "…"}` or the bare key.
 *
 * @throws Error that says what to store instead
 */
export function merchantKeyOf(secret: string): KeyObject {
  const stored = jsonIn(secret);
  const text = isObject(stored) ? stored.private_key : typeof stored === 'string' ? stored : secret;
  if (typeof text !== 'string')
    throw new Error("has no text 'private_key'; store the private key under that name");
  return parsePrivateKey(text);
}

/**
 * The gateway's keys out of the text of their secret: `{"public_keys": ["…", …]}`, `{"public_key": "…"}` or the bare
 * keys. Where a list is wanted, a text will do: one key, several PEM blocks, or the list as JSON. Several serve while
 * the gateway changes its key: a message is authentic under any of them. One that can't be used is passed to `onFault`, by
 * its position, and the others serve.
 *
 * @throws Error that says what to store instead, where no key is left
 */
export function lianlianKeysOf(secret: string, onFault: (fault: string) => void): KeyObject[] {
  const stored = jsonIn(secret);
  const isNamed = isObject(stored) && !Array.isArray(stored);
  const entries = entriesOf(isNamed ? (stored.public_keys ?? stored.public_key ?? []) : secret);
  const faults: string[] = [];
  if (isNamed && stored.public_keys && stored.public_key)
    faults.push("has 'public_key' beside 'public_keys', which isn't used; put its key into the list");
  const keys = entries.flatMap((entry, index) => {
    try {
      return parseEntry(entry);
    } catch (error) {
      const position = entries.length > 1 ? `entry ${index + 1} of ${entries.length} ` : '';
      faults.push(position + (error as Error).message);
      return [];
    }
  });
  if (entries.length === 0)
    throw new Error("has no list 'public_keys'; store the gateway's public keys under that name");
  if (keys.length === 0)
    throw new Error(entries.length > 1 ? `has no usable key: ${faults.join(', ')}` : faults[0]);
  for (const fault of faults) onFault(fault);
  return keys;
}

function parseEntry(entry: unknown): KeyObject {
  if (typeof entry !== 'string') throw new Error("is no text; store the gateway's public key as a text");
  return parsePublicKey(entry);
}

/** The single keys in whatever holds them: lists, JSON in a text, PEM blocks one after the other. */
function entriesOf(stored: unknown): unknown[] {
  if (Array.isArray(stored)) return stored.flatMap(entriesOf);
  if (typeof stored !== 'string') return [stored];
  const inner = jsonIn(stored);
  return Array.isArray(inner) || typeof inner === 'string' ? entriesOf(inner) : blocksOf(stored);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** JSON as people store it, with a BOM or line breaks within its texts: in a key, a space is as good. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.trim().replace(/\p{Cc}+/gu, ' '));
  } catch {
    return undefined;
  }
}
