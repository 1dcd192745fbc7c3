import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The baseline for the bundles: the SDK clients and commands that the service uses, and nothing else. */
const clients = [new DynamoDBClient({}), new SecretsManagerClient({})];

export const handler = (): unknown[] => [
  ...clients,
  PutItemCommand,
  UpdateItemCommand,
  GetItemCommand,
  QueryCommand,
  GetSecretValueCommand,
];
