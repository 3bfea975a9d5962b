/**
 * What carries messages between page and collector: a socket, or posts where sockets are blocked. A link says
 * hello by itself when it can, and it ends exactly once.
 */
import { attempt, guarded } from "./guard";
import type { Bytes } from "./wire.gen";

export interface Link {
  send(message: Bytes): void;
  /** Ends it; `closed` is not called any more. */
  close(): void;
  /** Bytes given that have not left yet. */
  buffered(): number;
  /** Whether an answer follows its question closely enough to measure the clock. */
  readonly prompt: boolean;
}

export interface LinkEvents {
  /** The hello to open with, made when it leaves. */
  hello(): Bytes;
  message(message: Bytes): void;
  closed(code: number): void;
}

/** Opening may fail later, by `closed`, but it does not raise. */
export type OpenLink = (events: LinkEvents) => Link;

/** The connection was lost, or never came about. */
export const CLOSED_ABNORMALLY = 1006;

export function socketLink(base: string): OpenLink {
  const Socket = window.WebSocket;
  const address = `${base.replace(/^http/, "ws")}/ingest`;
  return (events) => {
    let over = false;
    const end = guarded((code: number) => {
      if (over) return;
      over = true;
      events.closed(code);
    });
    const socket = attempt(() => new Socket(address));
    if (socket) {
      socket.binaryType = "arraybuffer";
      socket.onopen = guarded(() => socket.send(events.hello()));
      socket.onmessage = guarded((event) => {
        if (!over) events.message(new Uint8Array(event.data as ArrayBuffer));
      });
      socket.onclose = (event) => end(event.code);
    } else window.setTimeout(() => end(CLOSED_ABNORMALLY));
    return {
      send: (message) => socket?.send(message),
      close() {
        over = true;
        attempt(() => socket?.close());
      },
      buffered: () => socket?.bufferedAmount ?? 0,
      prompt: true,
    };
  };
}
