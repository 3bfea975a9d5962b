/**
 * Whether the panel is asked for: by `?replay_debug` in the page's address, and from then on in this tab until
 * `?replay_debug=off` or its own end. The tab remembers it by its name, which is no storage: what lasts longer
 * than a page is only written, and only read, where consent was given.
 */
const WORD = "replay_debug";
const IN_ADDRESS = new RegExp(`[?&]${WORD}(?:=([^&#]*))?(?:[&#]|$)`);
const IN_NAME = new RegExp(` ?\\b${WORD}$`);

/** Answers too what the tab is to be named from now on. */
export function asked(href: string, name: string): { readonly on: boolean; readonly name: string } {
  const [found, value] = IN_ADDRESS.exec(href) ?? [];
  const on = found ? value !== "off" : IN_NAME.test(name);
  const before = name.replace(IN_NAME, "");
  return { on, name: on ? `${before} ${WORD}`.trim() : before };
}
