/**
 * A short hash (FNV-1a, 32 bits) of a customer id: enough to notice that the shop names another customer,
 * and nothing that could name one.
 */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export function personOf(customerId: string | null | undefined): string {
  if (!customerId) return "";
  let hash = OFFSET;
  for (let index = 0; index < customerId.length; index++)
    hash = Math.imul(hash ^ customerId.charCodeAt(index), PRIME);
  return (hash >>> 0).toString(36);
}
