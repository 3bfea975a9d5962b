/**
 * The script that a shop's snippet loads. It reads from its own element which site it is for, takes the place
 * of the snippet's `replay` and runs what that one queued.
 */
import { startInBrowser } from "./browser";
import type { Replay } from "./command";
import { attempt, guarded } from "./guard";

/** One hash of all scripts that were built beside this one. */
declare const SCRIPTS_VERSION: string;

type Queue = Replay & { readonly q?: readonly (readonly unknown[])[] };

attempt(() => {
  const { src, dataset } = document.currentScript as HTMLScriptElement;
  const { site, consent, gpc } = dataset;
  if (!site) return;
  const collector = src.replace(/\/sdk\/.*$/, "");
  const load = (name: string) => import(`${collector}/sdk/${SCRIPTS_VERSION}/${name}.js`);
  const start = guarded((panel?: typeof import("./debug/index")) => {
    const page = window as Window & { replay?: Queue };
    const queue = page.replay?.q;
    const replay = startInBrowser({
      site,
      collector,
      loadAdapter: load,
      seldom: { managed: () => load("managed"), lost: () => load("lost") },
      consent: consent === "managed" ? "managed" : "required",
      control: gpc === "ignore" ? "ignore" : "off",
      ...panel?.debug(load),
    });
    page.replay = replay;
    for (const given of queue ?? []) (replay as (...words: readonly unknown[]) => void)(...given);
  });
  // Whether it is really asked for, the panel itself knows best; the page goes on without it.
  if (/replay_debug/.test(location.href + window.name)) load("debug").then(start, () => start());
  else start();
});
