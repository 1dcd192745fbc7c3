import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import { type InputTransformer, inputFor, isMatch } from './event-pattern.ts';

/** A rule of a CloudFormation template. */
export interface Rule {
  name: string;
  bus: string;
  takes(event: object): boolean;
  targets: { id: string; input(event: object): unknown; deadLetters: unknown }[];
}

interface RuleProperties {
  EventBusName: string;
  EventPattern: Record<string, unknown>;
  Targets: { Id: string; InputTransformer: InputTransformer; DeadLetterConfig?: { Arn: unknown } }[];
}

/** CloudFormation's short forms, each as it is written: `!Ref Name`. */
const shortForms: (ScalarTag | CollectionTag)[] = ['!Ref', '!GetAtt', '!Sub'].map((tag) => ({
  tag,
  resolve: (text: string) => `${tag} ${text}`,
}));

/** The resources of a template, by their names. */
export function resourcesOf<Properties>(file: string) {
  const { Resources } = parse(readFileSync(file, 'utf8'), { customTags: shortForms });
  return Resources as Record<string, { Type: string; Properties: Properties }>;
}

/** The rules of a template, by the names of their resources. */
export function rulesOf(file: string): Rule[] {
  return Object.entries(resourcesOf<RuleProperties>(file))
    .filter(([, { Type }]) => Type === 'AWS::Events::Rule')
    .map(([name, { Properties }]) => ({
      name,
      bus: Properties.EventBusName,
      takes: (event: object) => isMatch(Properties.EventPattern, event),
      targets: Properties.Targets.map(({ Id, InputTransformer: transformer, DeadLetterConfig }) => ({
        id: Id,
        input: (event: object) => inputFor(transformer, event as Record<string, unknown>),
        deadLetters: DeadLetterConfig?.Arn,
      })),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
