import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { env } from '../../core/contract/env.ts';
import type { ResourceNames } from '../names.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { SkillFunction } from './skill-function.ts';

/** From whom skills send mail, through SES. */
export interface MailSender {
  /** Address in every mail, such as `agents@example.com`. */
  readonly from: string;
  /** @default the identity of the domain of `from`, in the account and region of the stack */
  readonly identityArn?: string;
}

/** Lets the function of a skill read the secrets that it declares: `<prefix>/<NAME>` in Secrets Manager. */
export function grantSecrets(fn: SkillFunction, names: ResourceNames): void {
  grantNamedSecrets(fn, names, fn.skill.secrets);
}

/** Lets a function read secrets by their names, and tells it where they are. */
export function grantNamedSecrets(fn: BundledFunction, names: ResourceNames, secrets: readonly string[]): void {
  const resources = secrets.map((name) =>
    Stack.of(fn).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      // Secrets Manager adds a hyphen and six characters to the name.
      resourceName: `${names.secretsPrefix}/${name}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
  fn.addEnvironment(env.secretsPrefix, names.secretsPrefix);
}

/** Lets the function of a skill send mail as the sender, and as nobody else. Throws when there is no sender. */
export function grantMail(fn: SkillFunction, mail: MailSender | undefined): void {
  if (!mail) {
    throw new Error(
      `The skill ${fn.skill.id} sends mail, and no sender is given. Add mail: { from: 'agents@your-domain' } in bin/app.ts, with a domain or address that is verified in SES.`,
    );
  }
  const domain = mail.from.split('@').at(-1) ?? '';
  const identity =
    mail.identityArn ?? Stack.of(fn).formatArn({ service: 'ses', resource: 'identity', resourceName: domain });
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['ses:SendEmail'],
      resources: [identity],
      conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
    }),
  );
  fn.addEnvironment(env.mailFrom, mail.from);
}
