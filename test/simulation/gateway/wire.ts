import { type KeyObject, sign, verify } from 'node:crypto';

/** A message of the gateway's, or to it. */
export type Message = Record<string, string>;

function signedText(message: Message): string {
  return Object.keys(message)
    .filter((key) => key !== 'sign' && message[key] !== '')
    .sort()
    .map((key) => `${key}=${message[key]}`)
    .join('&');
}

export function signed(message: Message, key: KeyObject): Message {
  const typed = { ...message, sign_type: 'RSA' };
  return { ...typed, sign: sign('md5', Buffer.from(signedText(typed)), key).toString('base64') };
}

export function isSigned(message: Message, keys: KeyObject[]): boolean {
  const signature = Buffer.from(message.sign ?? '', 'base64');
  return keys.some((key) => verify('md5', Buffer.from(signedText(message)), key, signature));
}

/** The message as JSON; amounts go out unquoted where `bareNumbers`, with the text that was signed. */
export function toJson(message: Message, bareNumbers: boolean): string {
  const pairs = Object.entries(message).map(([key, value]) => {
    const isBare = bareNumbers && key.startsWith('money_') && value !== '';
    return `${JSON.stringify(key)}:${isBare ? value : JSON.stringify(value)}`;
  });
  return `{${pairs.join(',')}}`;
}

/** The merchant's messages are flat objects of texts, or they are nothing. */
export function fromJson(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Message;
    return Object.values(message).every((value) => typeof value === 'string') ? message : undefined;
  } catch {
    return undefined;
  }
}
