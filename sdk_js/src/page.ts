/**
 * The SDK at work on one page: consent decides whether there is a visit, the page's own events (hidden, left,
 * back from the cache, online, another tab) drive it, and commands speak to it. Everything it uses of the
 * browser comes in as an argument.
 */
import { watchActivity } from "./activity";
import type { CodeShown } from "./code";
import { createCommands, type Replay } from "./command";
import { createConsent, type PrivacyControl, type Word } from "./consent";
import { listen } from "./guard";
import type { Parts } from "./load";
import { createVisit } from "./visit";
import type { PageLoaded, PageSettings } from "./wire.gen";

export interface PageOptions {
  readonly site: string;
  readonly consent: PageSettings["consent"];
  /** What to do where the browser says Global Privacy Control. */
  readonly control: PrivacyControl;
}

export interface Surroundings {
  readonly window: Window;
  readonly parts: Parts;
  readonly code: CodeShown;
  /** Tells of other tabs: that they wrote the session down, that they removed it. */
  watchOtherTabs(changed: () => void, cleared: () => void): () => void;
  /** Looks what the shop's consent tools say together, until the answer is called. */
  watchTools(said: (word: Word | undefined) => void): () => void;
  /** Says to the shop's developer why nothing is recorded. */
  explain(reason: string): void;
}

export function startPage({ site, consent: mode, control }: PageOptions, around: Surroundings): Replay {
  const { window, parts, code } = around;
  const { document, navigator } = window;
  const managed = mode === "managed";
  const stops: (() => void)[] = [];
  let allowed = false;
  let stopped = false;
  let how: NonNullable<PageLoaded["how"]> = navigationType(window);

  const visit = createVisit(parts, { site, consent: managed ? "managed" : "granted" }, code, {
    stopped(reason) {
      stop();
      around.explain(reason);
    },
    privacyControl: (said) => consent.settings(said),
  });

  const consent = createConsent({
    managed,
    privacyControl: (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true,
    control,
    changed(now) {
      if (stopped) return;
      if (now) grant();
      else withdraw();
    },
  });

  const commands = createCommands(visit, consent, () => allowed, stop);

  function grant(): void {
    unlisten();
    // A page that is made ready before anybody asked for it has not been shown to anybody.
    if ((document as { prerendering?: boolean }).prerendering) {
      stops.push(listen(document, "prerenderingchange", grant));
      return;
    }
    allowed = true;
    stops.push(
      around.watchOtherTabs(visit.shared, () => consent.say("denied")),
      watchActivity(document, visit.active),
      // After whatever else listens: what that states is sent too.
      listen(
        window,
        "visibilitychange",
        () => document.visibilityState === "hidden" && visit.hidden(),
        false,
      ),
      // What waits is compressed while the next page is asked for: there is no time for it when this one goes.
      listen(
        window.navigation ?? window,
        "navigate",
        (event) => (event as NavigateEvent).destination.sameDocument || visit.leaving(),
        false,
      ),
      listen(window, "pagehide", visit.leave, false),
      listen(window, "pageshow", (event) => {
        if ((event as PageTransitionEvent).persisted) comeBack();
      }),
      listen(window, "online", visit.online),
    );
    visit.begin(how);
    how = "restarted";
    commands.granted();
  }

  /** Nothing may have told a page in the browser's cache that consent was withdrawn meanwhile. */
  function comeBack(): void {
    if (parts.store.seen() > 0) visit.begin("resumed");
    else consent.say("denied");
  }

  function unlisten(): void {
    for (const end of stops.splice(0)) end();
  }

  function withdraw(): void {
    allowed = false;
    unlisten();
    visit.forget();
  }

  function stop(): void {
    stopped = true;
    allowed = false;
    unlisten();
    stopTools();
    visit.end();
  }

  const stopTools = managed ? around.watchTools(consent.tools) : () => {};
  return commands.run;
}

function navigationType({ performance }: Window): "navigate" | "reload" | "back_forward" {
  const [entry] = performance.getEntriesByType?.("navigation") ?? [];
  const type = (entry as PerformanceNavigationTiming | undefined)?.type;
  return type === "reload" || type === "back_forward" ? type : "navigate";
}
