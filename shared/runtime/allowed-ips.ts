import { BlockList, isIP } from 'node:net';

/** As the gateway's own page and people write lists, the page with full-width commas. */
const SEPARATORS = /[,，;；、\s]+/;

/** Blanks that don't separate: `a - b` on one line is a range. */
const BLANKS_WITHIN_ENTRY = /[^\S\r\n]*([-/])[^\S\r\n]*/g;

/**
 * Reads addresses, ranges (`a-b`, also `1.2.3.4-9` as the gateway's documents write them) and CIDRs.
 *
 * @param text may be empty: no list
 * @param refuse is told what is wrong, each fault on its own
 */
export function readAllowedIps(text: string, refuse: (fault: string) => void): BlockList | undefined {
  if (!text) return undefined;
  const entries = text.replace(BLANKS_WITHIN_ENTRY, '$1').split(SEPARATORS).filter(Boolean);
  // Separators alone are a slip: taken for an empty setting, they would let everybody in.
  if (entries.length === 0) refuse('has no address, range (a-b) or CIDR');
  const allowed = new BlockList();
  for (const entry of entries) {
    try {
      allow(allowed, entry);
    } catch {
      refuse(`has '${entry}', which is no address, range (a-b) or CIDR`);
    }
  }
  return allowed;
}

function allow(allowed: BlockList, entry: string): void {
  const [address = '', prefix, ...more] = entry.split('/');
  const [first = '', last, ...others] = address.split('-');
  if (more.length + others.length > 0 || (prefix !== undefined && last !== undefined))
    throw new RangeError(entry);
  if (prefix !== undefined) {
    if (!/^\d+$/.test(prefix)) throw new RangeError(entry);
    allowed.addSubnet(first, Number(prefix), familyOf(first));
  } else if (last !== undefined) {
    const isLastByte = /^\d+$/.test(last) && familyOf(first) === 'ipv4';
    const end = isLastByte ? first.replace(/\d+$/, last) : last;
    allowed.addRange(first, end, familyOf(first));
  } else {
    allowed.addAddress(first, familyOf(first));
  }
}

/** The address family as BlockList wants it; also what an address is checked by. */
export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
