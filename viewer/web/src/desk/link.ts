/**
 * The moment in the address: `#t=<corrected ms>&tab=<tab>`, rounded up so that the event stood at is in it.
 * A link without a tab follows the customer. Setting the address while the page is open seeks as well.
 */
export interface Place {
  readonly t: number | null;
  readonly tab: string | null;
}

export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const t = Number(fields.get("t") ?? Number.NaN);
  return { t: Number.isFinite(t) && t > 0 ? t : null, tab: fields.get("tab") };
}

export function writePlace({ t, tab }: { t: number; tab: string | null }): string {
  const fields = new URLSearchParams({ t: String(Math.ceil(t)) });
  if (tab !== null) fields.set("tab", tab);
  return `#${fields}`;
}
