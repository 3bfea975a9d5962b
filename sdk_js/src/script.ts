/**
 * The script that a shop's snippet loads. It reads from its own element which site it is for, takes the place
 * of the snippet's `replay` and runs what that one queued.
 */
import { startInBrowser } from "./browser";
import type { Replay } from "./command";
import { attempt } from "./guard";

type Queue = Replay & { readonly q?: readonly (readonly unknown[])[] };

attempt(() => {
  const { src, dataset } = document.currentScript as HTMLScriptElement;
  const { site, consent, gpc } = dataset;
  if (!site) return;
  const page = window as Window & { replay?: Queue };
  const queue = page.replay?.q;
  const replay = startInBrowser({
    site,
    collector: src.replace(/\/sdk\/.*$/, ""),
    consent: consent === "managed" ? "managed" : "required",
    control: gpc === "ignore" ? "ignore" : "off",
  });
  page.replay = replay;
  for (const given of queue ?? []) (replay as (...words: readonly unknown[]) => void)(...given);
});
