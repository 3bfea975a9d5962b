/**
 * `replay(command, …)`: the one thing that a shop's own code speaks to. A command never throws, whatever it is
 * given. What the shop states before consent is not kept, apart from its last word on who the customer is and
 * what the cart holds: those are still so when consent comes.
 */
import type { Consent, Word } from "./consent";
import { guarded } from "./guard";
import { personOf, readIdentity } from "./identity";
import type { Visit } from "./visit";
import { type ConsentGiven, type Scalar, WORD_MAX_CHARS } from "./wire.gen";

/** An amount of money: major units as a decimal text (`"379.00"`), or exact minor units. */
export type Money = string | number | { readonly minor: number };

export interface CartLine {
  readonly sku?: string;
  readonly name?: string;
  readonly qty?: number | string;
  readonly price?: Money;
}

export interface Cart {
  readonly id?: string;
  readonly currency: string;
  readonly lines: readonly CartLine[];
  readonly promos?: readonly { readonly code?: string; readonly amount?: Money }[];
  readonly totals?: Readonly<Record<string, Money>>;
}

export interface Price {
  readonly sku?: string;
  readonly name?: string;
  readonly context: string;
  readonly role: string;
  readonly amount: Money;
  readonly currency: string;
  readonly was?: Money;
  /** When it ends, in ISO 8601. */
  readonly until?: string;
}

export interface Promo {
  readonly state: "offered" | "entered" | "applied" | "rejected" | "removed";
  readonly code?: string;
  readonly campaign?: string;
  readonly amount?: Money;
  readonly currency?: string;
  readonly reason?: string;
  readonly text?: string;
}

export interface Order {
  readonly id: string;
  readonly total?: Money;
  readonly currency?: string;
  readonly lines?: readonly CartLine[];
}

/** Who the customer is; `expires` (unix seconds) and `signature` prove that the shop's backend said so. */
export interface Identity {
  readonly customer_id?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly name?: string;
  readonly expires?: number;
  readonly signature?: string;
}

export interface Replay {
  /** The customer's choice, with the version of the text they were shown. */
  (command: "consent", choice: Word, version?: string): void;
  (command: "identify", who: Identity): void;
  /** Ends this visit; a new one begins. */
  (command: "signout"): void;
  (command: "cart", cart: Cart): void;
  (command: "price", price: Price): void;
  (command: "promo", promo: Promo): void;
  (command: "order", order: Order): void;
  /** A named fact of the shop's own. */
  (command: "mark", name: string, data?: Readonly<Record<string, Scalar>>): void;
  /** Records no more until the page is loaded again. */
  (command: "stop"): void;
}

export interface Commands {
  readonly run: Replay;
  /** Consent came: says again what was said before and still holds. */
  granted(): void;
}

/** What the shop says about its things; `declare` in capture reads them. */
const STATEMENTS = ["cart", "price", "promo", "order", "mark"];

export function createCommands(
  visit: Visit,
  consent: Consent,
  allowed: () => boolean,
  stop: () => void,
): Commands {
  const standing = new Map<string, () => void>();
  let choice: ConsentGiven = { state: "granted" };

  /** States it now, or when consent comes. */
  function holds(name: string, state: () => void): void {
    if (allowed()) state();
    else standing.set(name, state);
  }

  function run(command: string, ...given: unknown[]): void {
    const [first, second] = given;
    if (command === "consent") {
      if (first !== "granted" && first !== "denied") return;
      choice = { state: first, version: second ? String(second).slice(0, WORD_MAX_CHARS) : null };
      if (first === "denied") standing.clear();
      consent.say(first);
    } else if (command === "identify") {
      const who = readIdentity(first);
      if (who) holds(command, () => visit.identify(who, personOf(who.customer_id)));
    } else if (command === "signout") {
      standing.clear();
      visit.signOut();
    } else if (command === "stop") stop();
    else if (STATEMENTS.includes(command)) {
      const state = () => visit.declare(command, given);
      if (command === "cart") holds(command, state);
      else state();
    }
  }

  return {
    run: guarded(run),
    granted() {
      visit.fact("consent", choice, true);
      for (const state of standing.values()) state();
      standing.clear();
    },
  };
}
