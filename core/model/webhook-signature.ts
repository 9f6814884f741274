import { createHmac, timingSafeEqual } from 'node:crypto';

export const signatureHeader = 'X-Holdfast-Signature';
export const deliveryIdHeader = 'X-Holdfast-Id';

/** A message that was signed longer ago, in seconds, is not believed: somebody may have kept it. */
export const freshSeconds = 300;

/** `t=<seconds since the epoch>,v1=<HMAC-SHA-256 of "<seconds>.<body>" in hex>`. */
export function signatureOf(body: string, secret: string, atSeconds: number): string {
  return `t=${atSeconds},v1=${macOf(body, secret, atSeconds)}`;
}

/** Whether a body comes from who knows the secret, and was signed within the last five minutes. For receivers. */
export function isSignedBy(secret: string, body: string, signature: string, nowSeconds: number): boolean {
  const [, seconds, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (seconds === undefined || given === undefined) return false;
  if (Math.abs(nowSeconds - Number(seconds)) > freshSeconds) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(macOf(body, secret, Number(seconds))));
}

function macOf(body: string, secret: string, atSeconds: number): string {
  return createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
}
