import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { about, type Finding, failureOf, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('alarms');

const DEPLOY = 'Deploy the stack again';

/** Whether every alarm is there, and has somebody to tell. */
export async function checkAlarms({ aws, stack, definition }: Setup): Promise<Finding[]> {
  if (!stack) return [];
  const names = new Map(stack.resources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
  const ids = new Map(definition.alarms.map((alarm) => [names.get(alarm) ?? '', alarm]));
  try {
    // At most a hundred in one answer; the stack has fewer.
    const AlarmNames = [...ids.keys()].filter(Boolean);
    const { MetricAlarms: found = [] } = await aws.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames, MaxRecords: 100 }),
    );
    const byId = new Map(found.map((alarm) => [ids.get(alarm.AlarmName ?? '') ?? '', alarm]));
    return aboutAlarms(definition.alarms, byId);
  } catch (error) {
    return [failureOf(report, 'alarms', error, DEPLOY)];
  }
}

function aboutAlarms(defined: string[], found: Map<string, MetricAlarm>): Finding[] {
  const which = (isSo: (alarm: MetricAlarm) => boolean) =>
    defined.filter((name) => {
      const alarm = found.get(name);
      return alarm && isSo(alarm);
    });
  const missing = defined.filter((name) => !found.has(name));
  const mute = which(({ ActionsEnabled, AlarmActions = [] }) => !ActionsEnabled || AlarmActions.length === 0);
  const sounding = which(({ StateValue }) => StateValue === 'ALARM');
  const fault = (names: string[], what: string, todo: string) =>
    names.length > 0 ? [report.fault(`${what}: ${listed(names, defined.length)}`, todo)] : [];
  return orOk(
    [
      ...fault(missing, 'Alarms are missing', DEPLOY),
      ...fault(mute, 'Alarms tell nobody', 'Set the parameter alarmActions, and deploy: docs/deploying.md'),
      ...sounding.map((name) => report.warning(`${name} sounds`, 'See docs/operations.md#alarms')),
    ],
    report.ok(`All ${defined.length} alarms have somebody to tell, and none sounds`),
  );
}

const listed = (names: string[], all: number): string =>
  names.length === all ? `all ${all}` : names.join(', ');
