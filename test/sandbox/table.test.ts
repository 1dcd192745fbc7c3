import { tableDefinition } from '../../sandbox/table.ts';
import { writeServerlessYml } from './serverless-yml.ts';

test('tableDefinition reads serverless.yml and leaves out what only CloudFormation knows', () => {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  expect(tableDefinition(writeServerlessYml(), 'RefundsTable')).toStrictEqual({
    AttributeDefinitions: [
      { AttributeName: 'no_refund', AttributeType: 'S' },
      { AttributeName: 'shard', AttributeType: 'S' },
      { AttributeName: 'next_check_at', AttributeType: 'N' },
    ],
    KeySchema: [key('no_refund', 'HASH')],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      {
        IndexName: 'due',
        KeySchema: [key('shard', 'HASH'), key('next_check_at', 'RANGE')],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
});

test('a missing resource causes an error that says where to define it', () => {
  const path = writeServerlessYml('service: example\n');
  expect(() => tableDefinition(path, 'RefundsTable')).toThrow(
    `${path} has no resources.Resources.RefundsTable`,
  );
});
