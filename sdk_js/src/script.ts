/**
 * The script that a shop's snippet loads. It reads from its own element which site it is for, takes the place
 * of the snippet's `replay` and runs what that one queued.
 */
import { startInBrowser } from "./browser";
import type { Replay } from "./command";
import { attempt } from "./guard";

/** By name, the hash of each adapter that was built with this script. */
declare const ADAPTER_VERSIONS: Readonly<Record<string, string>>;

type Queue = Replay & { readonly q?: readonly (readonly unknown[])[] };

attempt(() => {
  const { src, dataset } = document.currentScript as HTMLScriptElement;
  const { site, consent, gpc } = dataset;
  if (!site) return;
  const page = window as Window & { replay?: Queue };
  const queue = page.replay?.q;
  const collector = src.replace(/\/sdk\/.*$/, "");
  const replay = startInBrowser({
    site,
    collector,
    loadAdapter: (name) => import(`${collector}/sdk/${ADAPTER_VERSIONS[name]}/${name}.js`),
    consent: consent === "managed" ? "managed" : "required",
    control: gpc === "ignore" ? "ignore" : "off",
  });
  page.replay = replay;
  for (const given of queue ?? []) (replay as (...words: readonly unknown[]) => void)(...given);
});
