/**
 * Writes the support code where the shop wants it read: into `[data-replay-code]` and what the site's settings
 * select, also into elements that the page adds later. Text only, and only where it differs.
 */
import { attempt, guarded } from "./guard";
import type { Host } from "./host";

/** How long a page may change before we look for new elements. */
const LOOK_MS = 250;
const MARKED = "[data-replay-code]";

export interface CodeShown {
  show(code: string, selector: string | null | undefined): void;
  /** Empties the elements and looks no further. */
  stop(): void;
}

export function createCode(document: Document, host: Host): CodeShown {
  let text = "";
  let selectors: readonly string[] = [MARKED];
  let waiting = false;
  let observer: MutationObserver | undefined;

  function write(): void {
    // A selector that is none is the shop's slip; the others still hold.
    for (const selector of selectors)
      for (const element of attempt(() => [...document.querySelectorAll(selector)]) ?? [])
        if (element.textContent !== text) element.textContent = text;
  }

  const changed = guarded(() => {
    if (waiting) return;
    waiting = true;
    host.timer(() => {
      waiting = false;
      if (observer) write();
    }, LOOK_MS);
  });

  return {
    show(code, selector) {
      text = spoken(code);
      selectors = selector ? [MARKED, selector] : [MARKED];
      write();
      if (observer) return;
      observer = new MutationObserver(changed);
      observer.observe(document, { childList: true, subtree: true });
    },
    stop() {
      observer?.disconnect();
      observer = undefined;
      text = "";
      write();
    },
  };
}

/** `7K3QF9` as it is read out: `7K3-QF9`. */
const spoken = (code: string) => code.replace(/^(\w{3})(\w{3})$/, "$1-$2");
