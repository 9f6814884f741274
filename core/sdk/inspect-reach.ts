import * as z from 'zod';
import { name } from '../model/names.ts';
import { capabilities } from '../model/skill.ts';
import type { Inspection } from './inspection.ts';
import { listed, shown } from './inspection.ts';

/** Names under which the platform keeps its own values and credentials; a skill may not ask for those. */
const environmentName = z
  .string()
  .regex(
    /^(?!AWS_|HOLDFAST_|NODE_|LAMBDA_|_|(?:PATH|HOME)$)[A-Z][A-Z0-9_]{0,63}$/,
    'must look like HOTEL_API_URL and not begin with AWS_, HOLDFAST_, NODE_ or LAMBDA_',
  );

/** What a skill says about everything that its code may reach: settings, secrets, the network, the platform. */
export function inspectReach(given: Readonly<Record<string, unknown>>, inspection: Inspection): void {
  const settings = names('settings', given['settings'], 'HOTEL_API_URL', inspection);
  const secrets = names('secrets', given['secrets'], 'HOTEL_API_KEY', inspection);
  secrets.forEach((one, index) => {
    if (!settings.includes(one)) return;
    inspection.add({
      at: `secrets.${index}`,
      wrong: 'is a setting too',
      given: shown(one),
      allowed: 'a name that is not in settings',
      remedy: 'Remove it from settings: what is secret may not lie in the environment',
    });
  });
  inspectNetwork(given['network'], settings, inspection);
  inspectAddresses(given['addresses'], inspection);
  inspectUses(given['uses'], inspection);
  if (given['dependency'] !== undefined) {
    inspection.named('dependency', given['dependency'], name, 'Write it in kebab-case, such as hotel-api');
  }
}

function names(at: string, value: unknown, example: string, inspection: Inspection): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    inspection.add({
      at,
      wrong: 'must be a list of names',
      given: shown(value),
      allowed: `a list such as ['${example}']`,
      remedy:
        at === 'settings'
          ? 'List the names; their values come from holdfast.json or the environment'
          : 'List the names; their values come from the secret store',
    });
    return [];
  }
  value.forEach((one: unknown, index) => {
    inspection.named(`${at}.${index}`, one, environmentName, 'Choose a name of your own');
  });
  return value;
}

function inspectNetwork(network: unknown, settings: readonly unknown[], inspection: Inspection): void {
  if (network === undefined) return;
  const allowed =
    "origins such as 'https://api.example.com', and '$NAME' for those in a setting that the skill declares";
  const remedy = 'Write scheme, host and port only, each origin once; there are no wildcards';
  if (!Array.isArray(network)) {
    inspection.add({ at: 'network', wrong: 'must be a list of origins', given: shown(network), allowed, remedy });
    return;
  }
  network.forEach((one: unknown, index) => {
    const known = typeof one === 'string' && (one.startsWith('$') ? settings.includes(one.slice(1)) : isOrigin(one));
    if (known && network.indexOf(one) === index) return;
    inspection.add({
      at: `network.${index}`,
      wrong: 'is no origin that is known here',
      given: shown(one),
      allowed,
      remedy,
    });
  });
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function inspectAddresses(addresses: unknown, inspection: Inspection): void {
  if (addresses === undefined || addresses === 'any' || addresses === 'public') return;
  inspection.add({
    at: 'addresses',
    wrong: 'is not known',
    given: shown(addresses),
    allowed: listed(['any', 'public']),
    remedy: "Write 'public' when a plan can choose where a request goes",
  });
}

function inspectUses(uses: unknown, inspection: Inspection): void {
  if (uses === undefined) return;
  const known: readonly unknown[] = capabilities;
  const wrong = Array.isArray(uses)
    ? uses.filter((one, at) => !known.includes(one) || uses.indexOf(one) !== at)
    : [uses];
  for (const one of wrong) {
    inspection.add({
      at: 'uses',
      wrong: 'names something that the platform does not offer, or twice',
      given: shown(one),
      allowed: `a list with any of ${listed(capabilities)}`,
      remedy: 'Correct it, or leave it out',
    });
  }
}
