import { readFileSync } from 'node:fs';

/** The path of the packaged template. */
export const templatePath = '.serverless/cloudformation-template-update-stack.json';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** One permission: `service:Operation` on a resource. */
export interface Allowed {
  readonly action: string;
  readonly resource: string;
}

/** The packaged template, as CloudFormation would see it in some account. */
export interface Template {
  readonly resources: Readonly<Record<string, Resource>>;
  /** The outputs' values, evaluated. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Resources of a type, by their logical ids, with every intrinsic function of their properties evaluated. */
  ofType(type: string): Record<string, Resource>;
  /** The functions by the names that serverless.yml gives them. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Every permission of a role. */
  allowedTo(role: Resource): Allowed[];
  /** A value with its intrinsic functions evaluated. */
  evaluate(value: unknown): unknown;
}

interface LambdaFunction {
  readonly logicalId: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: Resource;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

const account = 'ap-east-1:123456789012';

const pseudoParameters: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The ARN that a resource will have, by its type; `name` is its name, or its logical id where it has none. */
const arns: Record<string, (name: string) => string> = {
  'AWS::DynamoDB::Table': (name) => `arn:aws:dynamodb:${account}:table/${name}`,
  'AWS::Events::Rule': (name) => `arn:aws:events:${account}:rule/${name}`,
  'AWS::Events::EventBus': (name) => `arn:aws:events:${account}:event-bus/${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${account}:${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${account}:log-group:${name}:*`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${account}:function:${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::123456789012:role/${name}`,
};

const noValue = Symbol('AWS::NoValue');

/** Reads the packaged template. */
export function readTemplate(path = templatePath): Template {
  const { Resources: resources, Outputs: outputs } = JSON.parse(readFileSync(path, 'utf8')) as {
    Resources: Record<string, Resource>;
    Outputs: Record<string, { Value: unknown }>;
  };

  function ref(logicalId: string): unknown {
    if (logicalId === 'AWS::NoValue') return noValue;
    if (logicalId in pseudoParameters) return pseudoParameters[logicalId];
    if (!(logicalId in resources)) throw new Error(`there is no ${logicalId} to refer to`);
    return nameOf(logicalId);
  }

  function nameOf(logicalId: string): string {
    const { Type, Properties = {} } = resources[logicalId] ?? {};
    const { FunctionName, LogGroupName, Name } = Properties;
    return String(FunctionName ?? LogGroupName ?? (Type === 'AWS::Events::EventBus' ? Name : logicalId));
  }

  function attribute(logicalId: string, name: string): string {
    const type = resources[logicalId]?.Type ?? '';
    const arn = arns[type]?.(nameOf(logicalId));
    if (!arn) throw new Error(`no attribute ${name} of ${logicalId} is known to this test`);
    if (name === 'QueueName') return logicalId;
    return name === 'StreamArn' ? `${arn}/stream/2026-01-01T00:00:00.000` : arn;
  }

  const sub = (text: string) =>
    text.replace(/\$\{([^}]+)\}/g, (_, expression: string) => {
      const [logicalId = '', name] = expression.split('.');
      return name ? attribute(logicalId, name) : String(ref(expression));
    });

  function intrinsic(name: string, argument: unknown): unknown {
    if (name === 'Ref') return ref(String(argument));
    if (name === 'Fn::GetAtt') return attribute(...(argument as [string, string]));
    if (name === 'Fn::Sub') return sub(String(argument));
    if (name === 'Fn::Join') {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map(evaluate).join(delimiter);
    }
    throw new Error(`${name} can't be evaluated by this test`);
  }

  function evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(evaluate).filter((entry) => entry !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(name, argument);
    const evaluated = entries.map(([key, entry]) => [key, evaluate(entry)]);
    return Object.fromEntries(evaluated.filter(([, entry]) => entry !== noValue));
  }

  const ofType = (type: string): Record<string, Resource> =>
    Object.fromEntries(
      Object.entries(resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([logicalId, resource]) => [
          logicalId,
          { ...resource, Properties: evaluate(resource.Properties) } as Resource,
        ]),
    );

  function functionOf([logicalId, { Properties }]: [string, Resource]): [string, LambdaFunction] {
    const name = String(Properties.Handler).replace(/^functions\/|\.handler$/g, '');
    const { Variables } = Properties.Environment as { Variables: Record<string, string> };
    const role = Object.entries(ofType('AWS::IAM::Role')).find(
      ([id]) => attribute(id, 'Arn') === Properties.Role,
    );
    if (!role) throw new Error(`${name} has no role of this template`);
    return [
      name,
      {
        logicalId,
        arn: attribute(logicalId, 'Arn'),
        properties: Properties,
        environment: Variables,
        role: role[1],
      },
    ];
  }

  return {
    resources,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { Value }]) => [name, evaluate(Value)])),
    ofType,
    functions: Object.fromEntries(Object.entries(ofType('AWS::Lambda::Function')).map(functionOf)),
    allowedTo,
    evaluate,
  };
}

/** @throws Error where the role has anything but inline policies that allow */
function allowedTo({ Properties }: Resource): Allowed[] {
  const { ManagedPolicyArns = [], Policies = [] } = Properties as {
    ManagedPolicyArns?: string[];
    Policies?: { PolicyDocument: { Statement: Statement[] } }[];
  };
  if (ManagedPolicyArns.length > 0) throw new Error(`it also has ${ManagedPolicyArns.join(', ')}`);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(allowedBy));
}

/** The permissions of a policy statement. */
export function allowedBy({
  Effect,
  Action,
  Resource,
  Condition: _narrower,
  ...others
}: Statement): Allowed[] {
  if (Effect !== 'Allow' || Object.keys(others).length > 0)
    throw new Error('only plain permissions are read');
  return [Action]
    .flat()
    .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }) as Allowed));
}
