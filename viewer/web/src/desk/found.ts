/**
 * Findings and the picture: pressing one seeks to where it was shown and outlines it there, keys step through
 * them, and what is found while the agent watches is said without taking the focus or moving anything.
 */
import {
  findingKey,
  neighbour,
  newFails,
  newsWords,
  roleName,
  type SameFinding,
  stepped,
} from "../model/findings";
import type { Landing } from "../model/landing";
import type { Evidence, Finding } from "../model/session";
import { FindingList } from "../panel/finding_list";
import { part, setText } from "./dom";

/** Times closer than this are one moment. */
const SAME_MS = 1;
/** Which findings others have, too, is asked for behind the picture; of new ones once they have been counted. */
const OTHERS_FIRST_MS = 300;
const OTHERS_LATER_MS = 4_000;

interface Surroundings {
  /** Stands the replay still where the evidence is seen; answers between which times it comes to stand. */
  seek(evidence: Evidence): Landing;
  /** Outlines the node under a label; answers a sentence if it cannot be seen. */
  outline(load: string, node: number, label: string): string | null;
  clearOutline(): void;
  say(sentence: string): void;
  /** Which findings of this visit others have, too. */
  same(): Promise<readonly SameFinding[]>;
}

interface Pointed {
  readonly evidence: Evidence;
  readonly landing: Landing;
  arrived: boolean;
}

export class Found {
  private readonly list = new FindingList((finding, index) => this.show(finding, index));
  private readonly news = part("findings-news");
  private findings: readonly Finding[] | null = null;
  private last: string | null = null;
  private pointed: Pointed | null = null;
  private asking: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly around: Surroundings) {}

  /** The findings as they are known now; `open`: the visit goes on. */
  draw(findings: readonly Finding[], open: boolean): void {
    const fresh = this.findings ? newFails(this.findings, findings) : [];
    if (findings !== this.findings) this.askOthers(this.findings ? OTHERS_LATER_MS : OTHERS_FIRST_MS);
    this.findings = findings;
    this.list.draw(findings, open);
    if (fresh.length > 0) setText(this.news, newsWords(fresh));
  }

  moveTo(t: number): void {
    this.list.moveTo(t);
  }

  show(finding: Finding, index = 0): void {
    this.last = findingKey(finding);
    const evidence = finding.shown[index];
    if (!evidence) return;
    this.leave();
    this.pointed = { evidence, landing: this.around.seek(evidence), arrived: false };
    this.list.point(finding, index);
  }

  step(direction: -1 | 1): void {
    const findings = this.findings ?? [];
    const next = neighbour(findings, this.last, direction);
    if (!next) {
      this.around.say("No finding to show");
      return;
    }
    this.show(next);
    this.list.reveal(next);
    const all = stepped(findings);
    setText(this.news, `${all.indexOf(next) + 1} of ${all.length}: ${next.said}`);
  }

  /** The picture stands at t: outlines what was asked for, or forgets it if it stands elsewhere. */
  settled(t: number): void {
    const { pointed } = this;
    if (!pointed) return;
    if (!isAt(pointed.landing, t)) {
      this.leave();
      return;
    }
    const isFirst = !pointed.arrived;
    pointed.arrived = true;
    const trouble = this.outline();
    if (isFirst && trouble) this.around.say(trouble);
  }

  /** The moment became another one: forgets what was outlined, unless that is where it is going. */
  left(t: number): void {
    if (this.pointed?.arrived && !isAt(this.pointed.landing, t)) this.leave();
  }

  /** Outlines what is pointed at, if anything is: in place of what was outlined in passing. */
  outline(): string | null {
    const { pointed } = this;
    if (!pointed?.arrived || pointed.evidence.node === null) {
      this.around.clearOutline();
      return null;
    }
    const { load, node, role, raw } = pointed.evidence;
    return this.around.outline(load, node, [roleName(role), raw].filter((word) => word !== null).join(" "));
  }

  private askOthers(wait: number): void {
    clearTimeout(this.asking);
    // Without an answer nothing is said of others; the next change asks again.
    this.asking = setTimeout(
      () =>
        this.around.same().then(
          (same) => this.list.tellSame(same),
          () => {},
        ),
      wait,
    );
  }

  private leave(): void {
    this.pointed = null;
    this.list.point(null);
    this.around.clearOutline();
  }
}

const isAt = ({ t, restBy }: Landing, at: number): boolean => at >= t - SAME_MS && at <= restBy + SAME_MS;
