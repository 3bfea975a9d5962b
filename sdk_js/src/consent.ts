/**
 * Whether this page may be recorded. Without a word the answer is no. `required` waits for the page to say
 * `replay("consent", "granted")`; `managed` also takes the word of the shop's consent tool. Whoever denies
 * wins, and a browser that says Global Privacy Control is not recorded unless the shop's snippet, and then
 * the site's settings too, say to ignore it.
 */
import type { PageSettings } from "./wire.gen";

export type Word = "granted" | "denied";
export type PrivacyControl = PageSettings["global_privacy_control"];

export interface Consent {
  /** What the page itself said. */
  say(word: Word): void;
  /** What the consent tools say together; undefined while they say nothing. */
  tools(word: Word | undefined): void;
  /** What to do about Global Privacy Control, as the site's settings have it. */
  settings(control: PrivacyControl): void;
}

export interface ConsentRules {
  readonly managed: boolean;
  /** Whether the browser says Global Privacy Control. */
  readonly privacyControl: boolean;
  /** What the snippet says about it: no setting can be fetched before. */
  readonly control: PrivacyControl;
  /** Called when the answer changes, first when it becomes yes. */
  changed(allowed: boolean): void;
}

export function createConsent(rules: ConsentRules): Consent {
  const { managed, privacyControl } = rules;
  let { control } = rules;
  let page: Word | undefined;
  let tool: Word | undefined;
  let allowed = false;

  function judge(): void {
    const words = managed ? [page, tool] : [page];
    const denied = words.includes("denied") || (privacyControl && control !== "ignore");
    const next = words.includes("granted") && !denied;
    if (next === allowed) return;
    allowed = next;
    rules.changed(next);
  }

  return {
    say(word) {
      page = word;
      judge();
    },
    tools(word) {
      tool = word;
      judge();
    },
    settings(next) {
      control = next;
      judge();
    },
  };
}
