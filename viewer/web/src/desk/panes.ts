/** In a narrow window the panel shows one of its panes at a time. */
import { part } from "./dom";

export function openPanes(): void {
  const panel = part("panel");
  const buttons = part("panes").querySelectorAll<HTMLElement>("[data-pane-button]");
  for (const button of buttons)
    button.addEventListener("click", () => {
      panel.dataset.pane = button.dataset.paneButton ?? "cart";
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
}
