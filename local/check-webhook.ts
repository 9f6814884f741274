import { env } from '../core/contract/env.ts';
import { defaultWebhookSecret } from '../core/contract/notifying.ts';

/** Throws for a webhook that could not be called: what is wrong is told now, and not when a person is needed. */
export function checkWebhook(secretNames: readonly string[], environment: NodeJS.ProcessEnv = process.env): void {
  const url = environment[env.webhookUrl];
  if (!url) return;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`${env.webhookUrl} is no http or https address. Correct it, or unset it for no notifications.`);
  }
  const secret = environment[env.webhookSecret] || defaultWebhookSecret;
  if (secretNames.includes(secret)) return;
  throw new Error(
    `${env.webhookUrl} is set, but the secret '${secret}', which signs what is sent there, is not. Set it with: holdfast secrets set ${secret}`,
  );
}
