/**
 * Notices that the customer does something, by a handful of passive listeners that cost a comparison each.
 * It is ours and not the recorder's, because after half an hour of nothing the recorder is stopped and the
 * customer may come back.
 */
import { listen } from "./guard";

const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart", "scroll"] as const;

export function watchActivity(document: Document, active: () => void): () => void {
  const stops = SIGNS.map((type) =>
    listen(document, type, (event) => {
      // Scripts scroll and click too.
      if (event.isTrusted) active();
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
