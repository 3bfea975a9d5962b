/** The keyboard: one key, one thing. Keys belong to a field while it is being typed in. */
import { part } from "./dom";

interface Actions {
  toggle(): void;
  move(ms: number): void;
  ends(end: "beginning" | "end"): void;
  cart(direction: -1 | 1): void;
  page(direction: -1 | 1): void;
  finding(direction: -1 | 1): void;
  speed(direction: -1 | 1): void;
  skip(): void;
  nextTab(): void;
  live(): void;
  copy(): void;
  fullscreen(): void;
}

const SCROLLS: ReadonlySet<string> = new Set(["PageUp", "PageDown", "Home", "End"]);
const STEP_MS = 5_000;
const SMALL_STEP_MS = 500;
const LARGE_STEP_MS = 60_000;

export function listenToKeys(actions: Actions): void {
  const dialog = part<HTMLDialogElement>("keys");
  const help = () => (dialog.open ? dialog.close() : dialog.showModal());
  part("help").addEventListener("click", help);
  const doing: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    " ": () => actions.toggle(),
    ArrowLeft: ({ shiftKey }) => actions.move(shiftKey ? -SMALL_STEP_MS : -STEP_MS),
    ArrowRight: ({ shiftKey }) => actions.move(shiftKey ? SMALL_STEP_MS : STEP_MS),
    PageUp: () => actions.move(-LARGE_STEP_MS),
    PageDown: () => actions.move(LARGE_STEP_MS),
    Home: () => actions.ends("beginning"),
    End: () => actions.ends("end"),
    "[": () => actions.cart(-1),
    "]": () => actions.cart(1),
    ",": () => actions.page(-1),
    ".": () => actions.page(1),
    n: ({ shiftKey }) => actions.finding(shiftKey ? -1 : 1),
    N: ({ shiftKey }) => actions.finding(shiftKey ? -1 : 1),
    "-": () => actions.speed(-1),
    "+": () => actions.speed(1),
    "=": () => actions.speed(1),
    i: () => actions.skip(),
    t: () => actions.nextTab(),
    l: () => actions.live(),
    c: () => actions.copy(),
    f: () => actions.fullscreen(),
    "/": () => part<HTMLInputElement>("find").select(),
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (dialog.open && event.key !== "?") return;
    const target = event.target as Element;
    if (target.closest("input, select, textarea, [popover]:popover-open")) return;
    // Space presses the button that has the focus; everywhere else it plays.
    if (event.key === " " && target.closest("button, summary, a")) return;
    // In a list these scroll it; on the timeline and on the page as a whole they move the moment.
    if (SCROLLS.has(event.key) && !target.matches("[role=slider], body")) return;
    const action = doing[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
