/**
 * The theme button: as the system, light, dark. The choice is a cookie, because the server writes it into the
 * page and nothing flashes; without one the style sheet follows the system.
 */
const CHOICES = ["system", "light", "dark"] as const;
type Choice = (typeof CHOICES)[number];

const COOKIE_S = 365 * 24 * 60 * 60;
const SIGNS: Readonly<Record<Choice, string>> = { system: "◐", light: "☀", dark: "☾" };

/** Gives every `[data-theme-button]` of the page its sign and its work. */
export function themeButton(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-theme-button]");
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      choose(CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length] ?? "system");
      for (const each of buttons) show(each);
    });
    show(button);
  }
}

function chosen(): Choice {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function choose(choice: Choice): void {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  const age = choice === "system" ? 0 : COOKIE_S;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `theme=${choice}; path=/; max-age=${age}; samesite=strict`;
}

function show(button: HTMLButtonElement): void {
  const choice = chosen();
  button.textContent = SIGNS[choice];
  button.title = choice === "system" ? "Colours: as the system" : `Colours: ${choice}`;
  button.setAttribute("aria-label", button.title);
}
