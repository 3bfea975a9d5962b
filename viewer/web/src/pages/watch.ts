/** Opens the watch page: the session first, then the live socket while the session goes on. */
import { DeskUnreachable, fetchSession } from "../desk/api";
import { part, setText } from "../desk/dom";
import { listenToKeys } from "../desk/keys";
import { Live } from "../desk/live";
import { openPanes } from "../desk/panes";
import { ServerClock } from "../desk/server_clock";
import { toast } from "../desk/toast";
import { Watch } from "../desk/watch";
import { themeButton } from "../theme";

themeButton();

async function open(): Promise<void> {
  const id = part("watch").dataset.session ?? "";
  const clock = new ServerClock(() => performance.now());
  const watch = new Watch(await clock.measure(() => fetchSession(id)), clock);
  listenToKeys({
    toggle: () => watch.toggle(),
    move: (ms) => watch.move(ms),
    ends: (end) => watch.ends(end),
    cart: (direction) => watch.cart(direction),
    page: (direction) => watch.page(direction),
    finding: (direction) => watch.finding(direction),
    speed: (direction) => watch.speed(direction),
    skip: () => watch.skip(),
    nextTab: () => watch.nextTab(),
    live: () => watch.goLive(),
    copy: () => watch.copy(),
    fullscreen: () => watch.fullscreen(),
  });
  part("previous-cart").addEventListener("click", () => watch.cart(-1));
  part("next-cart").addEventListener("click", () => watch.cart(1));
  part("previous-page").addEventListener("click", () => watch.page(-1));
  part("next-page").addEventListener("click", () => watch.page(1));
  part("copy").addEventListener("click", () => watch.copy());
  part("fullscreen").addEventListener("click", () => watch.fullscreen());
  openPanes();
  watch.start();
  if (!watch.open) return;
  // Connecting fetches the visit once more. Where nobody is in the shop now, what is asked for goes first.
  if (!watch.live) await watch.stands;
  connect(watch, id);
}

function connect(watch: Watch, id: string): void {
  const say = (state: string) => {
    document.body.dataset.live = state;
  };
  let opened = 0;
  const live = new Live(
    id,
    {
      opened: () => {
        say("connected");
        if (opened++ > 0) toast("Connected again");
        // What was committed between the first answer and the subscription came by neither.
        void watch.refresh();
      },
      message: (message) => watch.message(message),
      picture: (picture) => watch.picture(picture),
      closed: (final, code) => {
        say(final ? "over" : "connecting");
        if (code === 4401) toast("Your login is over: log in again to go on watching");
        else if (!final && opened > 0) toast("The connection was lost; connecting again …");
      },
    },
    Math.random,
  );
  say("connecting");
  live.open();
  addEventListener("pagehide", () => live.close());
}

open().catch((error: unknown) => {
  part("stage").dataset.stage = "failed";
  const known = error instanceof DeskUnreachable;
  setText(part("stage-text"), known ? error.message : "The visit cannot be opened");
  part("retry").hidden = false;
  part("retry").addEventListener("click", () => location.reload());
  document.body.dataset.ready = "failed";
  if (!known) throw error;
});
