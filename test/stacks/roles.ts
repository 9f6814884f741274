import type { Request, Statement } from './policy.ts';
import { isAllowed, roleOf, statementsOfRole } from './policy.ts';
import type { Resource, Synthesised } from './synthesised.ts';
import { ofType } from './synthesised.ts';
import { arn } from './values.ts';

const tableActions = [
  ...['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
  ...['Query', 'Scan', 'BatchWriteItem'],
];
const blobActions = ['GetObject', 'PutObject', 'DeleteObject'];
const secretActions = [
  ...['GetSecretValue', 'PutSecretValue', 'DescribeSecret'],
  ...['ListSecrets', 'DeleteSecret', 'UpdateSecret'],
];

/** What the roles of the functions and state machines of a synthesised platform may do. */
export class Roles {
  readonly #built: Synthesised;
  readonly #statements = new Map<Resource, readonly Statement[]>();

  constructor(built: Synthesised) {
    this.#built = built;
  }

  /** Every function and state machine, by name. */
  users(): [string, Resource][] {
    const { platform } = this.#built;
    return [...ofType(platform, 'AWS::Lambda::Function'), ...ofType(platform, 'AWS::StepFunctions::StateMachine')].map(
      ([, one]) => [String(one.Properties['FunctionName'] ?? one.Properties['StateMachineName']), one],
    );
  }

  /** The one of a name, without the prefix of the platform. Throws when there is none. */
  named(name: string): Resource {
    const found = this.users().find(([own]) => own === `holdfast-${name}`);
    if (!found) throw new Error(`The platform has nothing that is called '${name}'.`);
    return found[1];
  }

  may(user: Resource, request: Request): boolean {
    const { platform, data } = this.#built;
    const statements = this.#statements.get(user) ?? statementsOfRole(roleOf(user), platform, [data]);
    this.#statements.set(user, statements);
    return isAllowed(statements, request);
  }

  /** The actions on items of a partition. */
  table(user: Resource, partition: string): string[] {
    const [[table] = [], ...more] = ofType(this.#built.data, 'AWS::DynamoDB::Table');
    if (table === undefined || more.length > 0) throw new Error('Expected one table.');
    const resource = arn('dynamodb', `table/${table}`);
    const context = { 'dynamodb:LeadingKeys': [partition] };
    return tableActions.filter((action) => this.may(user, { action: `dynamodb:${action}`, resource, context }));
  }

  /** The actions on a blob, whatever bucket it is in. */
  blob(user: Resource, key: string): string[] {
    return ofType(this.#built.data, 'AWS::S3::Bucket').flatMap(([id]) => {
      const resource = `arn:aws:s3:::${id.toLowerCase()}/${key}`;
      return blobActions.filter((action) => this.may(user, { action: `s3:${action}`, resource }));
    });
  }

  /** The actions on a secret, by its whole name. */
  secret(user: Resource, name: string): string[] {
    const resource = arn('secretsmanager', `secret:${name}-Ab3xYz`);
    return secretActions.filter((action) => this.may(user, { action: `secretsmanager:${action}`, resource }));
  }
}
