import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { copyOfProject, type Ended, poison, removeCopies, run } from '../support/project-copies.ts';
import { readTemplate, type Template, templatePath } from '../support/template.ts';

/** The production stage that docs/operations.md shows, packaged as its reader would. */
const [, shown = ''] =
  /^```yaml\n( {2}prod:\n.*?)^```/ms.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];

const everything = `${shown}    tracing: Active
    reconcileConcurrency: 1
    refundTimeoutSeconds: 3600
    tableName: restored
    tableArn: arn:aws:dynamodb:ap-east-1:123456789012:table/restored
    tableStreamArn: arn:aws:dynamodb:ap-east-1:123456789012:table/restored/stream/2026-02-02T00:00:00.000
`;

function packaged(params: string, ...more: string[]): { folder: string; ended: Promise<Ended> } {
  const folder = copyOfProject();
  const file = join(folder, 'serverless.yml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('\nprovider:\n', () => `\n${params}\nprovider:\n`),
  );
  const args = ['node_modules/serverless/bin/serverless.js', 'package', '--stage', 'prod', ...more];
  return { folder, ended: run(folder, args, poison) };
}

afterAll(removeCopies);

describe('the production stage of docs/operations.md, with all that may be set', () => {
  let folder: string;
  let template: Template;

  beforeAll(async () => {
    const { folder: copy, ended } = packaged(everything);
    folder = copy;
    expect(await ended).toMatchObject({ code: 0 });
    template = readTemplate(join(folder, templatePath));
  }, 120_000);

  test('CloudFormation would take it: no error, no warning', () => {
    const engine = new CelEngine();
    const { diagnostics } = engine.validateStandard(new TemplateFile(join(folder, templatePath)));
    engine.free();
    const found = diagnostics.filter(({ severity }) => ['FATAL', 'ERROR'].includes(severity));
    expect(found.map(({ ruleId, message, entity }) => ({ ruleId, message, entity }))).toEqual([]);
  });

  test('every function has the merchant as it is written, and the table that is named', () => {
    for (const { environment } of Object.values(template.functions))
      expect(environment).toMatchObject({ OID_PARTNER: '201408071000001543', REFUNDS_TABLE: 'restored' });
  });

  test('no right is left on another table', () => {
    const onTables = Object.values(template.functions).flatMap(({ role }) =>
      template
        .allowedTo(role)
        .filter(({ action, resource }) => action.startsWith('dynamodb:') && resource !== '*'),
    );
    expect(onTables.length).toBeGreaterThan(10);
    for (const { resource } of onTables) expect(resource).toContain(':table/restored');
  });

  test('those who call the gateway are in the subnets, and may be attached there; nobody else', () => {
    const attached = Object.entries(template.functions).filter(([, { properties }]) =>
      Boolean((properties.VpcConfig as { SubnetIds?: string[] } | undefined)?.SubnetIds?.length),
    );
    const allowed = Object.entries(template.functions).filter(([, { role }]) =>
      template.allowedTo(role).some(({ action }) => action === 'ec2:CreateNetworkInterface'),
    );
    const askers = ['apply-exchange-refund', 'apply-refund', 'query-refund', 'reconcile-refunds'];
    expect(attached.map(([name]) => name).sort()).toEqual(askers);
    expect(allowed.map(([name]) => name).sort()).toEqual(askers);
  });

  test('who reads a secret may decrypt it; who reads none, nothing', () => {
    const decrypting = Object.fromEntries(
      Object.entries(template.functions).map(([name, { role }]) => [
        name,
        template.allowedTo(role).filter(({ action }) => action === 'kms:Decrypt').length,
      ]),
    );
    expect(decrypting).toEqual({
      'apply-refund': 2,
      'apply-exchange-refund': 2,
      'query-refund': 2,
      'reconcile-refunds': 2,
      'notify-callback': 1,
      'publish-refund-events': 0,
    });
  });

  test('the alarms tell somebody, and one reconciliation runs at a time', () => {
    for (const { Properties } of Object.values(template.ofType('AWS::CloudWatch::Alarm')))
      expect(Properties.AlarmActions).toEqual(['arn:aws:sns:ap-east-1:123456789012:on-call']);
    const { properties } = template.functions['reconcile-refunds'] ?? {};
    expect(properties?.ReservedConcurrentExecutions).toBe(1);
  });
});

test.each([
  [{ oidPartner: '201408071000001543' }, /oidPartner must be a text/],
  [
    { merchantKeySecretId: 'arn:aws:secretsmanager:ap-east-1:123456789012:secret:x' },
    /merchantKeySecretId .*name/,
  ],
  [{ alarmActions: 'arn:aws:sns:ap-east-1:123456789012:on-call' }, /alarmActions must be a list/],
  [{ refundTimeoutSeconds: '"3600"' }, /refundTimeoutSeconds must be a number/],
  [{ network: 'vpc' }, /network must be/],
])(
  'what would only fail once it is deployed is refused: %j',
  async (wrong, words) => {
    const [[name, value] = []] = Object.entries(wrong);
    const { code, stdout, stderr } = await packaged(`  prod:\n    ${name}: ${value}\n`).ended;
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(words);
  },
  60_000,
);
