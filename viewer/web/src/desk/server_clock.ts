/**
 * The server's clock as far as this page knows it. Measured anew with each answer that states it: a machine
 * that slept has a clock of its own that stood still.
 */
export class ServerClock {
  private offset = 0;

  constructor(private readonly wall: () => number) {}

  now(): number {
    return this.wall() + this.offset;
  }

  /** Runs `ask`, whose answer states the server's time, which it was somewhere in between. */
  async measure<T extends { readonly session: { readonly server_ms: number } }>(
    ask: () => Promise<T>,
  ): Promise<T> {
    const asked = this.wall();
    const answer = await ask();
    this.offset = answer.session.server_ms - (asked + this.wall()) / 2;
    return answer;
  }
}
