import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What any function with these two clients loads at the least: the yardstick for the bundles. */
const clients = [new DynamoDBClient({}), new SecretsManagerClient({})];

export const handler = (): unknown[] => [
  ...clients,
  PutItemCommand,
  UpdateItemCommand,
  GetItemCommand,
  QueryCommand,
  GetSecretValueCommand,
];
