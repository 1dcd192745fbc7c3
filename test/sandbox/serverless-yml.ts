import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A serverless.yml with every property that CloudFormation allows for such a table. */
const text = `
service: example
provider:
  name: aws
resources:
  Resources:
    RefundsTable:
      Type: AWS::DynamoDB::Table
      DeletionPolicy: Retain
      Properties:
        TableName: !Sub '\${AWS::StackName}-refunds'
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions:
          - { AttributeName: no_refund, AttributeType: S }
          - { AttributeName: shard, AttributeType: S }
          - { AttributeName: next_check_at, AttributeType: N }
        KeySchema:
          - { AttributeName: no_refund, KeyType: HASH }
        GlobalSecondaryIndexes:
          - IndexName: due
            KeySchema:
              - { AttributeName: shard, KeyType: HASH }
              - { AttributeName: next_check_at, KeyType: RANGE }
            Projection: { ProjectionType: KEYS_ONLY }
            ContributorInsightsSpecification: { Enabled: false }
        StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
        TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
        SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !GetAtt [Key, Arn] }
        Tags:
          - { Key: owner, Value: !Ref 'AWS::StackName' }
    RefundHistoryTable:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions:
          - { AttributeName: no_refund, AttributeType: S }
          - { AttributeName: position, AttributeType: S }
        KeySchema:
          - { AttributeName: no_refund, KeyType: HASH }
          - { AttributeName: position, KeyType: RANGE }
  Outputs:
    TableArn: { Value: !GetAtt RefundsTable.Arn }
`;

const folder = mkdtempSync(join(tmpdir(), 'sandbox-table-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

export function writeServerlessYml(content = text): string {
  count += 1;
  const path = join(folder, `serverless-${count}.yml`);
  writeFileSync(path, content);
  return path;
}
