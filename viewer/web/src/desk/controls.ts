/** The buttons under the picture, and the clock between them. */
import { clockTime, elapsed } from "../model/format";
import type { Timeline } from "../model/timeline";
import { part, setText } from "./dom";
import type { Player } from "./player";

export class Controls {
  private readonly play = part("play");
  private readonly live = part("live");
  private readonly speed = part<HTMLSelectElement>("speed");
  private readonly skip = part("skip");

  constructor(private readonly player: Player) {
    this.play.addEventListener("click", () => player.toggle());
    this.live.addEventListener("click", () => player.goLive());
    this.speed.addEventListener("change", () => player.setSpeed(Number(this.speed.value)));
    this.skip.addEventListener("click", () => player.setSkipping(!player.skipping));
  }

  draw(timeline: Timeline): void {
    const { playing, following, speed, skipping } = this.player;
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.play.dataset.playing = String(playing);
    this.live.hidden = !timeline.live;
    this.live.setAttribute("aria-pressed", String(following));
    setText(this.live, following ? "live" : "back to live");
    this.speed.value = String(speed);
    this.speed.disabled = following;
    this.skip.setAttribute("aria-pressed", String(skipping));
  }

  moveTo(timeline: Timeline, t: number): void {
    const whole = Math.max(t, timeline.until) - timeline.from;
    setText(part("time"), `${elapsed(t - timeline.from)} / ${elapsed(whole)}`);
    setText(part("wall"), clockTime(t));
  }
}
