import type { Resource, Template } from './synthesised.ts';

export const region = 'eu-west-1';
export const account = '111122223333';

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

export const arn = (service: string, name: string): string => `arn:aws:${service}:${region}:${account}:${name}`;

/** What a deployment would put in place of a reference to a resource, by type and attribute. */
const attributes: Readonly<Record<string, (name: string, logicalId: string) => string>> = {
  'AWS::Lambda::Function.Ref': (name) => name,
  'AWS::Lambda::Function.Arn': (name) => arn('lambda', `function:${name}`),
  'AWS::Lambda::Version.Version': () => '7',
  'AWS::StepFunctions::StateMachine.Ref': (name) => arn('states', `stateMachine:${name}`),
  'AWS::SQS::Queue.Arn': (name) => arn('sqs', name),
  'AWS::SQS::Queue.Ref': (name) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  'AWS::SNS::Topic.Ref': (name) => arn('sns', name),
  'AWS::Logs::LogGroup.Arn': (name) => `${arn('logs', `log-group:${name}`)}:*`,
  'AWS::DynamoDB::Table.Arn': (_, id) => arn('dynamodb', `table/${id}`),
  'AWS::DynamoDB::Table.Ref': (_, id) => id,
  'AWS::S3::Bucket.Arn': (_, id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::S3::Bucket.Ref': (_, id) => id.toLowerCase(),
  'AWS::KMS::Key.Arn': (_, id) => arn('kms', `key/${id}`),
  'AWS::Cognito::UserPool.Ref': (_, id) => `${region}_${id}`,
  'AWS::Cognito::UserPoolClient.Ref': (_, id) => id,
  'AWS::Cognito::UserPoolDomain.Ref': (_, id) => id.toLowerCase(),
  'AWS::ApiGatewayV2::Api.Ref': (_, id) => id.toLowerCase(),
  'AWS::ApiGatewayV2::Api.ApiEndpoint': (_, id) => `https://${id.toLowerCase()}.execute-api.${region}.amazonaws.com`,
  'AWS::ApiGatewayV2::Authorizer.Ref': (_, id) => id,
  'AWS::ApiGatewayV2::Integration.Ref': (_, id) => id,
  'AWS::S3::Bucket.RegionalDomainName': (_, id) => `${id.toLowerCase()}.s3.${region}.amazonaws.com`,
  'AWS::CloudFront::Distribution.Ref': (_, id) => id,
  'AWS::CloudFront::Distribution.DomainName': (_, id) => `${id.toLowerCase()}.cloudfront.net`,
  'AWS::CloudFront::Function.FunctionARN': (_, id) => id,
  'AWS::CloudFront::OriginAccessControl.Id': (_, id) => id,
  'AWS::CloudFront::ResponseHeadersPolicy.Ref': (_, id) => id,
  'AWS::Lambda::LayerVersion.Ref': (_, id) => arn('lambda', `layer:${id}:1`),
};

const nameProperties = ['FunctionName', 'StateMachineName', 'QueueName', 'TopicName', 'LogGroupName'];

/** Replaces every intrinsic function in a value of a template by what it would give. Throws on one that it does not know. */
export function valueOf(value: unknown, template: Template, others: readonly Template[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => valueOf(item, template, others));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined || !(name === 'Ref' || name.startsWith('Fn::'))) {
    return Object.fromEntries(entries.map(([key, item]) => [key, valueOf(item, template, others)]));
  }
  if (name === 'Ref') return reference(String(argument), template);
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string];
    return attributeOf(id, attribute, template);
  }
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => String(valueOf(part, template, others))).join(separator);
  }
  if (name === 'Fn::Split') {
    const [separator, text] = argument as [string, unknown];
    return String(valueOf(text, template, others)).split(separator);
  }
  if (name === 'Fn::Select') {
    const [index, list] = argument as [number, unknown];
    return (valueOf(list, template, others) as unknown[])[index];
  }
  if (name === 'Fn::ImportValue') return imported(String(argument), others);
  throw new Error(`The template uses ${name}, which these tests do not understand: ${JSON.stringify(value)}`);
}

export function textOf(value: unknown, template: Template, others: readonly Template[] = []): string {
  const text = valueOf(value, template, others);
  if (typeof text !== 'string') throw new Error(`Not a text: ${JSON.stringify(value)}`);
  return text;
}

function reference(id: string, template: Template): string {
  if (Object.hasOwn(pseudo, id)) return pseudo[id] ?? '';
  if (resourceOf(id, template).Type !== 'AWS::Lambda::Version') return attributeOf(id, 'Ref', template);
  const functionName = valueOf(resourceOf(id, template).Properties['FunctionName'], template);
  return `${arn('lambda', `function:${String(functionName)}`)}:${attributeOf(id, 'Version', template)}`;
}

function attributeOf(id: string, attribute: string, template: Template): string {
  const resource = resourceOf(id, template);
  const render = attributes[`${resource.Type}.${attribute}`];
  if (!render) throw new Error(`These tests do not know ${resource.Type}.${attribute} (of ${id}).`);
  const names = nameProperties.map((name) => resource.Properties?.[name]).filter((name) => typeof name === 'string');
  return render(names[0] ?? '', id);
}

function resourceOf(id: string, template: Template): Resource {
  const resource = template.Resources[id];
  if (!resource) throw new Error(`The template has no resource '${id}'.`);
  return resource;
}

function imported(exportName: string, others: readonly Template[]): unknown {
  for (const other of others) {
    const output = Object.values(other.Outputs ?? {}).find((candidate) => candidate.Export?.Name === exportName);
    if (output) return valueOf(output.Value, other);
  }
  throw new Error(`No other template exports '${exportName}'.`);
}
