/** The site's settings as a page holds them: what the collector said over what it left out. */
import { DEFAULT_SETTINGS, type PageSettings } from "./wire.gen";

export const readSettings = (given: Partial<PageSettings> | undefined): PageSettings => ({
  ...DEFAULT_SETTINGS,
  ...given,
});
