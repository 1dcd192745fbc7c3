import { REQUIRED_SETTINGS, readSettings } from '../../../shared/runtime/config.ts';
import { isLoopback } from '../../../shared/runtime/setting-rules.ts';
import { about, type Finding, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('settings');

const SEE = 'docs/settings.md';

/** Whether the functions would start with their settings, and whether they agree. */
export async function checkSettings(setup: Setup): Promise<Finding[]> {
  const { environments, config, stack } = setup;
  const faults = [...wrongSettings(setup), ...differingSettings(setup), ...(stack ? unfitForAws(setup) : [])];
  const summary = `${environments.size} functions, merchant ${config.oidPartner}, table ${config.refundsTable}, gateway ${config.traderUrl}`;
  return orOk(faults, report.ok(summary));
}

/** What a function would refuse at its start. */
function wrongSettings({ definition, environments }: Setup): Finding[] {
  const functionsByFault = new Map<string, string[]>();
  for (const { name, settings } of definition.functions) {
    const environment = environments.get(name);
    const required = REQUIRED_SETTINGS.filter((setting) => settings.includes(setting));
    for (const fault of environment ? readSettings(environment, required).faults : [])
      functionsByFault.set(fault, [...(functionsByFault.get(fault) ?? []), name]);
  }
  return [...functionsByFault].map(([fault, names]) =>
    report.fault(`${fault} (${listed(names, environments.size)})`, `Correct it: ${SEE}`),
  );
}

/** One setting with two values: somebody has changed a function by hand. */
function differingSettings({ environments }: Setup): Finding[] {
  const names = new Set([...environments.values()].flatMap((environment) => Object.keys(environment)));
  return [...names].flatMap((name) => {
    const values = [...environments.values()].flatMap((environment) => environment[name] ?? []);
    return new Set(values).size < 2
      ? []
      : [report.fault(`${name} differs between the functions`, 'Deploy the stack again')];
  });
}

/** A function that sends may live for 240 s. */
const SENDER_LIFE_MS = 240_000;

function unfitForAws({ environments, config }: Setup): Finding[] {
  const variables = new Set([...environments.values()].flatMap((environment) => Object.keys(environment)));
  const endpoints = [...variables].filter((name) => name.startsWith('AWS_ENDPOINT_URL'));
  const loopback = Object.entries({
    LIANLIAN_TRADER_URL: config.traderUrl,
    LIANLIAN_QUERY_URL: config.queryUrl,
    NOTIFY_URL: config.notifyUrl,
  }).filter(([, url]) => isLoopback(url));
  return [
    ...loopback.map(([name]) => report.fault(`${name} points at the function itself`, `Correct it: ${SEE}`)),
    ...endpoints.map((name) =>
      report.warning(`${name} leads the functions past AWS's own address`, 'Remove it, unless you mean it'),
    ),
    ...(config.resendAfterMs < SENDER_LIFE_MS
      ? [
          report.warning(
            'RESEND_AFTER_SECONDS is below 240: "not found" may be believed too early',
            `Raise it: ${SEE}`,
          ),
        ]
      : []),
  ];
}

const listed = (names: string[], all: number): string =>
  names.length === all ? 'all functions' : names.join(', ');
