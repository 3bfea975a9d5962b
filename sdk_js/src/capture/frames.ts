/**
 * When surfaces are read: in the next frame, after its layout, from a ResizeObserver's callback, where asking
 * for layout is free. In a hidden tab there are no frames: a timer stands in.
 */
import { guarded } from "../guard";

/** Without frames readings come this late. */
export const NO_FRAME_MS = 300;

export interface Frames {
  /** Has things read in the next frame; asked again before that, it is still once. */
  schedule(): void;
  /** Has them read now, and no more in the frame that was to come. */
  read(): void;
  /** Has them read now, while the layout of the frame that is over stands, or in the frame that is to come. */
  catchUp(): void;
  /** Does at once what waits for a frame, if anything does. */
  hurry(): void;
  stop(): void;
}

/**
 * `seek` comes before layout: observing from within a ResizeObserver's callback may make the browser report an
 * error to the page.
 */
export function createFrames(seek: () => void, readAll: () => void): Frames {
  let isScheduled = false;
  let frame = 0;
  let lateTimer = 0;

  const cancel = () => {
    clearTimeout(lateTimer);
    cancelAnimationFrame(frame);
    layout.disconnect();
  };
  const read = () => {
    cancel();
    isScheduled = false;
    readAll();
  };
  const readLate = guarded(() => {
    seek();
    read();
  });
  const layout = new ResizeObserver(guarded(read));

  return {
    schedule() {
      if (isScheduled) return;
      isScheduled = true;
      lateTimer = window.setTimeout(readLate, NO_FRAME_MS);
      frame = requestAnimationFrame(
        guarded(() => {
          seek();
          layout.observe(document.documentElement);
        }),
      );
    },
    read,
    catchUp() {
      if (!isScheduled) read();
    },
    hurry() {
      if (isScheduled) readLate();
    },
    stop: cancel,
  };
}
