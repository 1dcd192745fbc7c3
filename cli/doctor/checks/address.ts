import { isLoopback } from '../../../shared/runtime/setting-rules.ts';
import { about, type Finding, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('address');

/** Where the gateway's calls come from: it takes them from addresses that it knows only. */
export async function checkAddress({ definition, config, stack }: Setup): Promise<Finding[]> {
  if (isLoopback(config.traderUrl))
    return [report.ok('The gateway is on this machine, and asks for no address')];
  if (!stack) return [];
  const calling = definition.functions.filter(({ callsGateway }) => callsGateway);
  const networkOf = (name: string) => stack.functions.get(name)?.VpcConfig;
  const roaming = calling.filter(({ name }) => (networkOf(name)?.SubnetIds ?? []).length === 0);
  const names = roaming.map(({ name }) => name).join(', ');
  const networks = new Set(calling.flatMap(({ name }) => networkOf(name)?.VpcId || []));
  return orOk(
    roaming.length > 0
      ? [
          report.warning(
            `No fixed address: ${names} call the gateway from outside a VPC, and LianLian answers 1008 to addresses that it doesn't know`,
            'Set the parameters vpc and network: docs/deploying.md',
          ),
        ]
      : [],
    report.ok(
      `The gateway is called from ${[...networks].join(', ')}; whether LianLian knows the Elastic IP of its NAT gateway can't be seen from here`,
    ),
  );
}
