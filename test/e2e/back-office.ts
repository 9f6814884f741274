import type { JsonObject } from '../../core/model/json.ts';
import type { ProjectFolder } from './running-platform.ts';

/** What the back office lets in; the platform gets to know it as a secret. */
export const paymentKey = 'test-payment-key-1';

/** Asks the back office of a project past the platform: a post when there is a body. */
export async function askOffice(folder: ProjectFolder, path: string, body?: JsonObject): Promise<unknown> {
  const response = await fetch(`${folder.serviceUrls.get('back-office')}${path}`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${paymentKey}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok && response.status !== 404) {
    throw new Error(`The back office answered ${path} with ${response.status}: ${await response.text()}`);
  }
  return response.json();
}

/** Charges a customer 10,000.00 and gives the id of the charge. */
export async function chargeCustomer(folder: ProjectFolder): Promise<string> {
  const charge = { customerId: 'US000001', amountCents: 1_000_000, currency: 'EUR', description: 'Engine room' };
  return ((await askOffice(folder, '/charges', charge)) as { chargeId: string }).chargeId;
}

interface Refund {
  readonly deed: string;
  readonly answer: { readonly chargeId?: string; readonly amountCents?: number };
}

/** The cents of each refund of a charge that really happened. */
export async function refundsOf(folder: ProjectFolder, chargeId: string): Promise<(number | undefined)[]> {
  const { entries } = (await askOffice(folder, '/ledger')) as { entries: Refund[] };
  return entries
    .filter(({ deed, answer }) => deed === 'refunded' && answer.chargeId === chargeId)
    .map(({ answer }) => answer.amountCents);
}
