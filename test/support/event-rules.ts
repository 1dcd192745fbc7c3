import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import { type InputTransformer, inputFor, isMatch } from './event-pattern.ts';

/** A rule of a CloudFormation template. */
export interface Rule {
  name: string;
  takes(event: object): boolean;
  targets: { id: string; input(event: object): unknown; deadLetters: unknown }[];
}

interface Resource {
  Type: string;
  Properties: {
    EventPattern: Record<string, unknown>;
    Targets: { Id: string; InputTransformer: InputTransformer; DeadLetterConfig?: { Arn: unknown } }[];
  };
}

/** CloudFormation's short forms, each as its text: what they stand for doesn't matter here. */
const shortForms: (ScalarTag | CollectionTag)[] = ['!Ref', '!GetAtt', '!Sub'].map((tag) => ({
  tag,
  resolve: (text: string) => text,
}));

/** The rules of a template, by the names of their resources. */
export function rulesOf(file: string): Rule[] {
  const { Resources } = parse(readFileSync(file, 'utf8'), { customTags: shortForms }) as {
    Resources: Record<string, Resource>;
  };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Events::Rule')
    .map(([name, { Properties }]) => ({
      name,
      takes: (event: object) => isMatch(Properties.EventPattern, event),
      targets: Properties.Targets.map(({ Id, InputTransformer: transformer, DeadLetterConfig }) => ({
        id: Id,
        input: (event: object) => inputFor(transformer, event as Record<string, unknown>),
        deadLetters: DeadLetterConfig?.Arn,
      })),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
