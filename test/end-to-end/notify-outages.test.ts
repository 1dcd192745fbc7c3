import { post } from '../support/api-gateway.ts';
import type { Fault, FaultProxy } from '../support/fault-proxy.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
let apply: Lambda;

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 3_600_000 });
  apply = await service.lambda('apply-refund');
}, 60_000);

afterAll(() => service.stop());

/** A container with a fault proxy in front of the table or of Secrets Manager. */
async function behind(
  what: 'DYNAMODB' | 'SECRETS_MANAGER',
  fault: Fault = 'pass',
): Promise<{ notify: Lambda; proxy: FaultProxy }> {
  const variable = `AWS_ENDPOINT_URL_${what}` as const;
  const proxy = await service.proxy(service.sandbox.settings[variable]);
  proxy.injectFaults(() => fault);
  return { proxy, notify: await service.lambda('notify-callback', { [variable]: proxy.endpoint }) };
}

const success = (noRefund: string) => signedMessage(service.sandbox.gateway, noRefund, { sta_refund: '2' });

test.concurrent.each([
  ['DYNAMODB', 'hang'],
  ['DYNAMODB', 'refuse'],
  ['DYNAMODB', 'lose-request'],
  ['SECRETS_MANAGER', 'hang'],
  ['SECRETS_MANAGER', 'refuse'],
] as const)(
  'without %s (%s) a notification is not acknowledged, in time, and recorded later',
  async (what, fault) => {
    const { notify, proxy } = await behind(what, fault);
    const noRefund = `${what}-${fault}`;
    await apply.invoke(refundInput(noRefund));

    // The gateway waits 5 s. A unit test with a fake clock shows that the function decides within 4.
    const answer = await post(notify, '/refund-notifications', success(noRefund), { remainingMs: 5_000 });
    expect(answer).toMatchObject({ statusCode: 503, body: { ret_msg: 'ServiceUnavailable' } });
    expect(answer.body.ret_code).not.toBe('0000');
    expect(await service.record(noRefund)).toMatchObject({ status: 'PROCESSING' });

    proxy.injectFaults(undefined);
    expect(await post(notify, '/refund-notifications', success(noRefund))).toMatchObject({ statusCode: 200 });
    expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', version: 3 });
  },
  20_000,
);

test.concurrent('a single lost request is retried at once', async () => {
  const { notify, proxy } = await behind('DYNAMODB');
  await apply.invoke(refundInput('request-1'));
  proxy.injectFaults((_operation, index) => (index === 0 ? 'lose-request' : 'pass'));
  const answer = await post(notify, '/refund-notifications', success('request-1'));
  expect(answer).toMatchObject({ statusCode: 200 });
  expect(proxy.operations).toEqual(['UpdateItem', 'UpdateItem']);
});

test.concurrent('a write whose answer was lost counts once', async () => {
  const { notify, proxy } = await behind('DYNAMODB');
  const losing = (operation: string, which: string) => {
    let lost = 0;
    proxy.injectFaults((called) => (called === operation && lost++ === 0 ? 'lose-answer' : 'pass'));
    return post(notify, '/refund-notifications', success(which));
  };
  await apply.invoke(refundInput('answer-known'));
  expect(await losing('UpdateItem', 'answer-known')).toMatchObject({ statusCode: 200 });
  expect(await losing('PutItem', 'answer-external')).toMatchObject({ statusCode: 200 });
  const known = await service.record('answer-known');
  const external = await service.record('answer-external');
  expect(known).toMatchObject({ status: 'SUCCEEDED', version: 3 });
  expect(external).toMatchObject({ status: 'SUCCEEDED', version: 1 });
  for (const record of [known, external]) expect(record).not.toHaveProperty('conflict');
});
