/** The login page: counts down the wait after too many attempts, and says when Caps Lock is on. */
import { themeButton } from "../theme";

const wait = document.querySelector<HTMLElement>("[data-wait]");
const submit = document.querySelector<HTMLButtonElement>("button[type=submit]");
const caps = document.querySelector<HTMLElement>("[data-caps]");

if (wait && submit) {
  const shown = wait.querySelector("b");
  const end = Date.now() + Number(wait.dataset.wait) * 1_000;
  submit.disabled = true;
  const timer = setInterval(() => {
    const seconds = Math.ceil((end - Date.now()) / 1_000);
    if (shown) shown.textContent = String(Math.max(0, seconds));
    if (seconds > 0) return;
    clearInterval(timer);
    submit.disabled = false;
    wait.hidden = true;
  }, 250);
}

document.querySelector("input[type=password]")?.addEventListener("keyup", (event) => {
  if (caps && event instanceof KeyboardEvent) caps.hidden = !event.getModifierState("CapsLock");
});

themeButton();
