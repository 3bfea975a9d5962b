/**
 * The player's own clock over all page loads and tabs, in corrected time. `wall` is a monotonic clock's reading
 * and an argument everywhere.
 */
export class Clock {
  private t: number;
  private since: number | null = null;
  private held = false;
  private rate = 1;

  constructor(t: number) {
    this.t = t;
  }

  get playing(): boolean {
    return this.since !== null;
  }

  get speed(): number {
    return this.rate;
  }

  now(wall: number): number {
    return this.since === null || this.held ? this.t : this.t + (wall - this.since) * this.rate;
  }

  seek(t: number, wall: number): void {
    this.t = t;
    if (this.since !== null) this.since = wall;
  }

  play(wall: number): void {
    if (this.since === null) this.since = wall;
  }

  pause(wall: number): void {
    this.t = this.now(wall);
    this.since = null;
  }

  setSpeed(speed: number, wall: number): void {
    this.seek(this.now(wall), wall);
    this.rate = speed;
  }

  /** Waits for a picture, or goes on, without ceasing to play. */
  hold(held: boolean, wall: number): void {
    if (held === this.held) return;
    this.t = this.now(wall);
    this.held = held;
    if (this.since !== null) this.since = wall;
  }
}
