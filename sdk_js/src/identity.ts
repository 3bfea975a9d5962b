/**
 * What the shop says of who the customer is. Its words travel as they are, because its backend signed them;
 * what is not a text or a number is unknown.
 */
import {
  IDENTIFIED_EMAIL_MAX_CHARS,
  IDENTIFIED_PHONE_MAX_CHARS,
  IDENTIFIED_SIGNATURE_MAX_CHARS,
  type Identified,
  WORD_MAX_CHARS,
} from "./wire.gen";

/** Null where nothing of it says who. */
export function readIdentity(given: unknown): Identified | null {
  const who = (given ?? {}) as Readonly<Record<string, unknown>>;
  const word = (value: unknown, max = WORD_MAX_CHARS) =>
    typeof value === "string" || typeof value === "number" ? String(value).slice(0, max) || null : null;
  const identity = {
    customer_id: word(who.customer_id),
    email: word(who.email, IDENTIFIED_EMAIL_MAX_CHARS),
    phone: word(who.phone, IDENTIFIED_PHONE_MAX_CHARS),
    name: word(who.name),
    expires: Number.isSafeInteger(who.expires) ? (who.expires as number) : null,
    signature: word(who.signature, IDENTIFIED_SIGNATURE_MAX_CHARS),
  };
  const { customer_id, email, phone, name } = identity;
  return customer_id || email || phone || name ? identity : null;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A short hash (FNV-1a, 32 bits) of a customer id: enough to notice that the shop names another customer, and
 * nothing that could name one. Empty where there is no id.
 */
export function personOf(customerId: string | null | undefined): string {
  if (!customerId) return "";
  let hash = FNV_OFFSET;
  for (let index = 0; index < customerId.length; index++)
    hash = Math.imul(hash ^ customerId.charCodeAt(index), FNV_PRIME);
  return (hash >>> 0).toString(36);
}
