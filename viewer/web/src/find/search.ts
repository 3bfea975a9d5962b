/**
 * Asks while the agent types: not at every key, never twice at once, and an answer that was overtaken is never
 * shown. Knows nothing of the page.
 */
import type { Answer } from "./answer";

const PAUSE_MS = 90;

type Ask = (query: string, signal: AbortSignal) => Promise<Answer>;

export class Search {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;
  private wanted = "";

  constructor(
    private readonly ask: Ask,
    private readonly onAnswer: (answer: Answer) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The box now reads so. Asks after a short pause, or at once. */
  want(query: string, at: "pause" | "once" = "pause"): void {
    this.stop();
    this.wanted = query;
    this.timer = setTimeout(() => void this.go(query), at === "once" ? 0 : PAUSE_MS);
  }

  /** Forgets what is under way. */
  stop(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = undefined;
  }

  private async go(query: string): Promise<void> {
    const asking = new AbortController();
    this.asking = asking;
    try {
      const answer = await this.ask(query, asking.signal);
      if (this.asking === asking && this.wanted === query) this.onAnswer(answer);
    } catch (error) {
      if (this.asking === asking) this.onError(error);
    }
  }
}
