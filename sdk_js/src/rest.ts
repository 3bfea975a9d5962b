/**
 * Puts off what would make the page stutter until it is at rest: nothing has moved for a while and the browser
 * has nothing better to do. A page that never rests has it done all the same, but late.
 */
import type { Host } from "./host";

/** What moved so recently is in the middle of something. */
export const REST_MS = 1_000;
export const UNREST_MAX_MS = 30_000;

export interface Rest {
  /** Something on the page changes. */
  moved(): void;
  /** Has the work done once, at rest; asked again meanwhile, it is still once. */
  wait(): void;
}

export function createRest(host: Host, work: () => void): Rest {
  let movedAt = 0;
  let waiting = false;

  function look(latest: number): void {
    host.timer(() => {
      const now = host.monotonic();
      if (now < movedAt + REST_MS && now < latest) look(latest);
      else
        host.idle(() => {
          waiting = false;
          work();
        });
    }, REST_MS);
  }

  return {
    moved() {
      movedAt = host.monotonic();
    },
    wait() {
      if (!waiting) look(host.monotonic() + UNREST_MAX_MS);
      waiting = true;
    },
  };
}
