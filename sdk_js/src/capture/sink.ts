/** What capture hands over: facts, picture events, and the styles that these refer to. */
import type { Bytes, Facts, Kind } from "../wire.gen";

/** An event of the recorder; `data` is what @rrweb/replay of the same version reads. */
export interface PictureEvent {
  readonly type: number;
  readonly timestamp: number;
  readonly data: unknown;
}

export interface CaptureSink {
  /** `t` is the page-clock time of what caused the fact. `urgent` facts do not wait for the next flush. */
  fact<K extends Kind>(kind: K, t: number, fields: Facts[K], urgent?: boolean): void;
  picture(event: PictureEvent): void;
  /** The text of a style that the picture refers to by `hash`. */
  style(hash: string, data: Bytes): void;
}
