const counts = new Intl.NumberFormat('en');

/** A number with its thousands apart. */
export function countText(count: number): string {
  return counts.format(count);
}

/** A sum in US dollars, with as many digits as tell it from nothing: `$12.34`, `$0.000123`. */
export function usdText(usdMicros: number): string {
  const usd = usdMicros / 1_000_000;
  const digits = usdMicros === 0 || Math.abs(usd) >= 0.1 ? 2 : 6;
  return `$${usd.toFixed(digits)}`;
}

const roundUsd = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 6 });

/** A round sum in US dollars, as at the lines of a chart: `$0.50`, `$0.005`. */
export function roundUsdText(usdMicros: number): string {
  return roundUsd.format(usdMicros / 1_000_000);
}

/** A size in the unit that fits, e.g. `12.3 KB`. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} B`;
  if (sizeBytes < 1_000_000) return `${(sizeBytes / 1_000).toFixed(1)} KB`;
  return `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}
