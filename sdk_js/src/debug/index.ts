/**
 * The developer's panel: shows on the page itself what the SDK does and reads there. It is a script of its own
 * that is loaded where the page's address asks for it (`?replay_debug`), and it stands between the SDK and the
 * browser, as `startPage` takes it: everything goes through as it is, and is looked at on the way.
 *
 * Anybody can type the word, so it may show nothing but what this visitor's own browser has anyway. It stores
 * nothing, asks the collector for nothing, and is in no recording.
 */
import type { Adapter } from "../adapters/adapter";
import type { BrowserOptions } from "../browser";
import { withPresets } from "../capture/presets";
import { createZones } from "../capture/zones";
import type { Replay } from "../command";
import { attempt } from "../guard";
import type { startPage } from "../page";
import type { LoadAdapter } from "../platforms";
import { readSettings } from "../settings";
import type { PageSettings } from "../wire.gen";
import { asked } from "./asked";
import { watchConversation } from "./conversation";
import { type Options, openPanel } from "./open";
import { overhearAdapters, overhearPage } from "./overhear";
import { type Census, takeCensus } from "./zone";

type Wrapping = Required<Pick<BrowserOptions, "loadAdapter" | "watch">>;

/** What stands between the SDK and the browser on this page; undefined where the panel is not asked for. */
export function debug(load: LoadAdapter): Wrapping | undefined {
  const { on, name } = asked(location.href, window.name);
  if (window.name !== name) window.name = name;
  if (!on) return undefined;

  const adapters = overhearAdapters(load);
  const begin =
    (start: typeof startPage): typeof startPage =>
    (options, around) => {
      const talk = watchConversation(around.parts.host);
      const page = overhearPage(around, talk);
      const run = start(options, page.around);
      // The page is under way: whatever the panel meets with is the panel's.
      const note = attempt(() => openPanel(options as Options, talk, page, adapters.heard));
      return ((...words: readonly unknown[]) => {
        note?.(...words);
        (run as (...words: readonly unknown[]) => void)(...words);
      }) as Replay;
    };
  return { loadAdapter: adapters.load, watch: begin };
}

/** How much of this page is in which zone and masked, by these settings: for whoever tries selectors. */
export const census = (settings: Partial<PageSettings>, adapters: readonly Adapter[]): Census =>
  takeCensus(document.documentElement, createZones(withPresets(readSettings(settings), adapters)));
