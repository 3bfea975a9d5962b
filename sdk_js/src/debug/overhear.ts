/**
 * Stands between the SDK and what it uses, and passes everything on as it is: what adapters say, which settings
 * are followed, what waits to be sent, and which support code is shown. The panel looks at what is noted here.
 */
import type { Adapter } from "../adapters/adapter";
import type { CaptureSink } from "../capture/sink";
import type { Surroundings } from "../page";
import type { LoadAdapter } from "../platforms";
import { readSettings } from "../settings";
import type { PageSettings } from "../wire.gen";
import type { Conversation } from "./conversation";
import { saidWords, time } from "./rows";
import { withoutPanel } from "./unrecorded";

export interface AdapterHeard {
  state: string;
  /** Once it has come. */
  adapter?: Adapter;
  /** Its last words, empty where it has said nothing. */
  said: string;
}

export interface AdaptersHeard {
  readonly load: LoadAdapter;
  /** By the name of their file. */
  readonly heard: ReadonlyMap<string, AdapterHeard>;
}

export function overhearAdapters(load: LoadAdapter): AdaptersHeard {
  const heard = new Map<string, AdapterHeard>();

  const overhear = (adapter: Adapter, entry: AdapterHeard): Adapter => ({
    ...adapter,
    start: (shop) =>
      adapter.start({
        ...shop,
        say(command, given, place) {
          entry.said = `${time()} ${saidWords(command, given)}`;
          shop.say(command, given, place);
        },
      }),
  });

  return {
    heard,
    load: (name) => {
      const entry: AdapterHeard = { state: "is being loaded", said: "" };
      heard.set(name, entry);
      return load(name).then(
        ({ adapter }) => {
          Object.assign(entry, { state: "found", adapter });
          return { adapter: overhear(adapter, entry) };
        },
        (error: unknown) => {
          entry.state = "found, but its script could not be loaded";
          throw error;
        },
      );
    },
  };
}

export interface PageHeard {
  /** What the SDK is to use in the place of what was given. */
  readonly around: Surroundings;
  /** The support code that is shown, empty for none. */
  code(): string;
  /** What is followed now. */
  settings(): PageSettings;
  follow(settings: PageSettings): void;
}

export function overhearPage(around: Surroundings, { counts, host, link }: Conversation): PageHeard {
  const { parts } = around;
  let code = "";
  let settings = readSettings(undefined);

  const follow = (next: PageSettings) => {
    settings = next;
  };
  const counted = (sink: CaptureSink): CaptureSink => ({
    ...sink,
    fact(...fact) {
      counts.waitingFacts++;
      sink.fact(...fact);
    },
    picture(event) {
      counts.waitingPicture++;
      sink.picture(event);
    },
  });

  return {
    code: () => code,
    settings: () => settings,
    follow,
    around: {
      ...around,
      parts: {
        ...parts,
        host,
        links: { socket: link("socket", parts.links.socket), post: link("post", parts.links.post) },
        capture(sink, clock, given, how) {
          follow(given);
          const capture = parts.capture(withoutPanel(counted(sink)), clock, given, how);
          return {
            ...capture,
            settings(next) {
              follow(next);
              capture.settings(next);
            },
          };
        },
        declare: (command, given, sink, ...rest) => parts.declare(command, given, counted(sink), ...rest),
      },
      code: {
        show(text, selector) {
          code = text;
          around.code.show(text, selector);
        },
        stop() {
          code = "";
          around.code.stop();
        },
      },
    },
  };
}
