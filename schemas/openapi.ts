import { MESSAGE_FORMS } from '../shared/domain/verified-message.ts';
import type { Examples } from './answers.ts';
import { applicationSchema } from './application.ts';
import { objectOf, type Schema, text } from './described.ts';
import { ERROR_NAMES, errorSchema, GATEWAY_ERROR, ISSUE } from './errors.ts';
import { PAGE } from './list.ts';
import { KEPT_MESSAGE, PROBLEM, REFRESHED, REFUND } from './refund.ts';
import { paths } from './routes.ts';
import { ENTRY, RECEIVED_MESSAGE, STORY } from './story.ts';

const REPLY = objectOf<{ ret_code: string; ret_msg: string }>('A reply that the gateway understands.', {
  ret_code: { of: text(), required: true, says: 'Any code but 0000 has it send the message again.' },
  ret_msg: { of: text(), required: true, says: "`ok`, or the error's name." },
});

/** A message of the gateway: flat, of texts and numbers; an empty field says nothing. */
function notificationSchema(): Schema {
  const properties = Object.entries(MESSAGE_FORMS).map(([name, { pattern, otherwise }]) => [
    name,
    { type: ['string', 'number'], pattern: `^$|${pattern.source}`, description: `${otherwise}, or empty` },
  ]);
  return {
    type: 'object',
    description: 'A message that the gateway has signed. Other fields are signed too, and not read.',
    required: ['no_refund', 'oid_partner', 'sign', 'sign_type'],
    properties: {
      ...Object.fromEntries(properties),
      sign: { type: 'string', description: 'The signature, base64.' },
      sign_type: { type: 'string', const: 'RSA' },
    },
    additionalProperties: { type: ['string', 'number'] },
  };
}

function schemas(): Record<string, Schema> {
  const errors = ERROR_NAMES.filter((name) => name !== 'NotAuthentic');
  return {
    Application: applicationSchema(),
    Refund: objectOf('A refund as a caller sees it.', REFUND).schema,
    RefreshedRefund: objectOf('A refund, and after a refresh how that went.', REFRESHED).schema,
    Problem: objectOf('An exchange with the gateway that proved nothing.', PROBLEM).schema,
    KeptMessage: objectOf('A verified message that contradicts the record.', KEPT_MESSAGE).schema,
    Story: objectOf('A page of the story of a refund.', STORY).schema,
    StoryEntry: objectOf('One thing that happened to a refund.', ENTRY).schema,
    ReceivedMessage: objectOf('A verified message to the letter.', RECEIVED_MESSAGE).schema,
    Page: objectOf('A page of a list.', PAGE).schema,
    Notification: notificationSchema(),
    Reply: REPLY.schema,
    Issue: objectOf('One fault of a request.', ISSUE).schema,
    ...Object.fromEntries(errors.map((name) => [name, errorSchema(name)])),
    ApiGatewayError: GATEWAY_ERROR.schema,
  };
}

const IAM: Schema = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description:
    "AWS Signature Version 4 for the service `execute-api`. The signer needs `execute-api:Invoke`: the stack's output RefundCallersPolicyArn is a policy that allows it. The sandbox asks for no signature.",
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

const INFO: Schema = {
  title: 'LianLian Pay refunds',
  description:
    'Refunds through LianLian Pay. docs/api.md explains it for people. Objects may have more properties in later releases. API Gateway answers an unknown route with 404 and `{"message":"Not Found"}`.',
  license: { name: 'MIT', identifier: 'MIT' },
};

const SERVERS: Schema[] = [
  {
    url: 'https://{api}.execute-api.{region}.amazonaws.com',
    description: "On AWS: the stack's output HttpApiUrl.",
    variables: { api: { default: 'API' }, region: { default: 'ap-east-1' } },
  },
  { url: 'http://127.0.0.1:3000', description: 'On this machine: npm start.' },
];

/** The OpenAPI 3.1 document. */
export function openapi(version: string, examples: Examples): Schema {
  return {
    openapi: '3.1.1',
    info: { ...INFO, version },
    servers: SERVERS,
    tags: [
      { name: 'Refunds', description: 'For callers.' },
      { name: 'Notifications', description: 'For the gateway.' },
    ],
    paths: paths(examples),
    components: { securitySchemes: { iam: IAM }, schemas: schemas() },
  };
}
