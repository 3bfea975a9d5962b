/**
 * The live socket, kept open: it comes again by itself, later each time, and tells after each opening that what
 * came in between has to be fetched.
 */
import { type LiveMessage, type LivePicture, liveUrl, readLivePicture } from "./api";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The desk says by these codes that coming again would not help: the login or the session is over. */
const FINAL_CODES: ReadonlySet<number> = new Set([4401, 4403, 4410]);

interface LiveEvents {
  /** Subscribed: whatever is committed from now on will be told. */
  opened(): void;
  message(message: LiveMessage): void;
  picture(picture: LivePicture): void;
  /** Not connected; `final` when it will not come again. */
  closed(final: boolean, code: number): void;
}

export class Live {
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: string,
    private readonly events: LiveEvents,
    private readonly random: () => number,
  ) {}

  open(): void {
    clearTimeout(this.timer);
    const socket = new WebSocket(liveUrl(this.session));
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    let subscribed = false;
    socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (!subscribed) {
        subscribed = true;
        this.wait = FIRST_WAIT_MS;
        this.events.opened();
      }
      let message: LiveMessage | LivePicture;
      try {
        message = typeof data === "string" ? (JSON.parse(data) as LiveMessage) : readLivePicture(data);
      } catch {
        // What cannot be read is fetched instead, after coming again.
        socket.close();
        return;
      }
      if ("type" in message) this.events.message(message);
      else this.events.picture(message);
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.socket !== socket) return;
      const final = FINAL_CODES.has(code);
      this.events.closed(final, code);
      if (!final) this.comeAgain();
    });
  }

  close(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private comeAgain(): void {
    this.timer = setTimeout(() => this.open(), this.wait * (0.5 + this.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
