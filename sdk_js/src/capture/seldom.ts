/** Runs something at most so often: at once where it has not run lately, else when that time is over. */
import { guarded } from "../guard";

export interface Seldom {
  /** `t` is the time of the first that asked. */
  ask(t: number): void;
  /** Whether somebody has asked and it has not run yet. */
  waits(): boolean;
  stop(): void;
}

export function createSeldom(everyMs: number, run: (t: number) => void): Seldom {
  let ranAt = -Infinity;
  let timer = 0;

  return {
    ask(t) {
      if (timer) return;
      const now = guarded(() => {
        timer = 0;
        ranAt = performance.now();
        run(t);
      });
      const wait = ranAt + everyMs - performance.now();
      if (wait <= 0) now();
      else timer = window.setTimeout(now, wait);
    },
    waits: () => timer !== 0,
    stop: () => clearTimeout(timer),
  };
}
