/** A short sentence that comes and goes, and is read out. */
import { part } from "./dom";

const SHOWN_MS = 4_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(sentence: string): void {
  const box = part("toast");
  clearTimeout(timer);
  box.textContent = sentence;
  box.hidden = false;
  timer = setTimeout(() => {
    box.hidden = true;
  }, SHOWN_MS);
}

/** Puts text on the clipboard; a desk without TLS has none, then the text is shown to be copied by hand. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(text);
  }
}
