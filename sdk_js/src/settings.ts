/**
 * The site's settings as a page holds them: what the collector said over what it would have left out. A
 * value of the wrong type counts as left out, because an older page may meet a newer collector.
 */
import { DEFAULT_SETTINGS, type PageSettings } from "./wire.gen";

export function readSettings(given: Readonly<Partial<PageSettings>> | null): PageSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [key, value] of Object.entries(given ?? {})) {
    const usual = settings[key];
    const fits =
      usual === undefined || (typeof usual === typeof value && Array.isArray(usual) === Array.isArray(value));
    if (fits && value !== null) settings[key] = value;
  }
  return settings as unknown as PageSettings;
}
