/**
 * What the page does when a conversation ends, as data: by the collector's close code, and how long to wait.
 */
import { CloseCode } from "./wire.gen";

/**
 * `retry`: come again, everything unacknowledged is kept. `wait`: the same, but not soon. `new_load`: these
 * bytes will never be taken, go on under a new page load. `new_session`: the same, as a new visit. `stop`:
 * until the page is loaded again.
 */
export type Action = "retry" | "wait" | "new_load" | "new_session" | "stop";

/** Browsers and servers end a socket with this when a message is over their own limit. */
const MESSAGE_TOO_BIG = 1009;

export const ACTIONS: Readonly<Record<number, Action>> = {
  [CloseCode.MALFORMED]: "new_load",
  [CloseCode.WRONG_TOKEN]: "new_session",
  [CloseCode.FORBIDDEN]: "stop",
  [CloseCode.CONFLICT]: "new_load",
  [CloseCode.SESSION_ENDED]: "new_session",
  [CloseCode.TOO_LARGE]: "new_load",
  [MESSAGE_TOO_BIG]: "new_load",
  [CloseCode.TOO_MUCH]: "wait",
  [CloseCode.CANNOT_STORE]: "retry",
};

/** A network that went away, a collector that restarts and every code we do not know: come again. */
export const actionOf = (code: number): Action => ACTIONS[code] ?? "retry";

export const RETRY_FIRST_MS = 500;
export const RETRY_MAX_MS = 60_000;
export const WAIT_MIN_MS = 30_000;

/** Doubles with every failure up to a cap; by chance between half and whole, so that pages do not come at once. */
export function retryDelay(failures: number, action: Action, random: number): number {
  const full = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.max(0, failures - 1));
  return (action === "wait" ? Math.max(WAIT_MIN_MS, full) : full) * (0.5 + random / 2);
}
