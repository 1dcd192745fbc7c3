import { checkAddress } from './checks/address.ts';
import { checkAlarms } from './checks/alarms.ts';
import { checkClock } from './checks/clock.ts';
import { checkHosts } from './checks/hosts.ts';
import { checkKeys } from './checks/keys.ts';
import { checkPublishing } from './checks/publishing.ts';
import { checkRoutes } from './checks/routes.ts';
import { checkSettings } from './checks/settings.ts';
import { checkStack } from './checks/stack.ts';
import { checkTables } from './checks/tables.ts';
import { checkTriggers } from './checks/triggers.ts';
import type { Finding } from './finding.ts';
import type { Check, Setup } from './setup.ts';

/** Checks in the order in which people read them. None changes anything. */
const CHECKS: Check[] = [
  checkSettings,
  checkStack,
  checkKeys,
  checkTables,
  checkHosts,
  checkAddress,
  checkPublishing,
  checkTriggers,
  checkAlarms,
  checkRoutes,
  // Reads the clock off the answers that the others had.
  checkClock,
];

/** Looks at everything, one thing after the other. */
export async function examine(setup: Setup): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(setup)));
  return findings;
}
