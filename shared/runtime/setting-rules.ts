import { X509Certificate } from 'node:crypto';

/** What is wrong with a setting's text, in words that follow its name; `undefined`: nothing. */
export type Rule = (text: string) => string | undefined;

const form =
  (pattern: RegExp, otherwise: string): Rule =>
  (text) =>
    pattern.test(text) ? undefined : otherwise;

export const faultOfCount = form(/^[1-9]\d{0,9}$/, 'must be a whole number from 1');

/** Of things that go on at a time and call the table: the SDK opens 50 connections to it. */
export function faultOfParallel(text: string): string | undefined {
  return /^([1-9]|[1-4]\d|50)$/.test(text) ? undefined : 'must be a whole number from 1 to 50';
}

/** Of the runs side by side: as many as there are parts of the index. */
export const faultOfRuns = form(/^[1-8]$/, 'must be a whole number from 1 to 8');

/** Of the time that a run works alone, seconds: it lives for 240, and those that it starts end with it. */
export const faultOfAlone = form(/^([1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200');

/** Of all runs together. */
export const faultOfInFlight = form(/^([1-9]\d?|[1-3]\d\d|400)$/, 'must be a whole number from 1 to 400');

export const faultOfTable = form(
  /^(arn:[\x21-\x7e]+|[A-Za-z0-9_.-]{3,255})$/,
  "must be a table's name or ARN",
);

export const faultOfPartner = form(/^[\x21-\x7e]{1,18}$/, 'must be a merchant id of at most 18 characters');

export const faultOfSecret = form(/^[\x20-\x7e]{1,2048}$/, "must be a secret's name or ARN");

export const faultOfBus = form(
  /^(arn:[\x21-\x7e]+|[A-Za-z0-9/_.-]{1,256})$/,
  "must be an event bus's name or ARN",
);

/** Whether a URL points at this machine, where messages aren't delayed and nobody listens in. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed(url)?.hostname ?? '');
}

/** `URL.parse` isn't there before Node 22, and packaging may run on 20. */
function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

export function faultOfUrl(text: string): string | undefined {
  const protocol = parsed(text)?.protocol;
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(text))) return undefined;
  return 'must be an https URL (http only on loopback)';
}

/** Of a host that paths are appended to. */
export function faultOfHost(text: string): string | undefined {
  if (/[?#@]/.test(text)) return 'must be a URL without user, query and fragment';
  return /\.html?\/*$/i.test(text)
    ? 'must be the host alone: the path of each API is added'
    : faultOfUrl(text);
}

/** It is sent and signed as it stands. */
export function faultOfNotifyUrl(text: string): string | undefined {
  return /^[\x21-\x7e]{1,128}$/.test(text)
    ? faultOfUrl(text)
    : 'must have at most 128 characters, all of them printable ASCII';
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** PEM with real line breaks: where a setting can't hold them, they are written as `\n`. */
export function pemOf(text: string): string {
  return text.replaceAll('\\n', '\n');
}

export function faultOfCertificates(text: string): string | undefined {
  const pem = pemOf(text);
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0 || pem.replace(CERTIFICATE, '').includes('-----'))
    return 'must be certificates in PEM form, and nothing else in PEM form';
  const unreadable = certificates.findIndex((certificate) => !isCertificate(certificate));
  return unreadable < 0 ? undefined : `has a certificate that can't be read: number ${unreadable + 1}`;
}

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}
