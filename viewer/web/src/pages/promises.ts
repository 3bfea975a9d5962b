/** The promo registry: plain forms, which work without this. The first field that does not do has the focus. */
import { themeButton } from "../theme";

themeButton();
document.querySelector<HTMLElement>('input[aria-invalid="true"], textarea[aria-invalid="true"]')?.focus();
