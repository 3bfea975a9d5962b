/**
 * The site's settings as a page holds them: what the collector said, and the default of whatever it left
 * out or said in a way that cannot be read here, so that one wrong setting does not cost the recording.
 */
import { DEFAULT_SETTINGS, type PageSettings } from "./wire.gen";

const OF_OBJECTS = /^(?:zones|carts|products)$/;

export function readSettings(given: Partial<PageSettings> | undefined): PageSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [key, value] of Object.entries(given ?? {})) {
    const usual = settings[key] ?? "";
    const each = OF_OBJECTS.test(key) ? "object" : "string";
    const fits = Array.isArray(usual)
      ? Array.isArray(value) && value.every((item) => item && typeof item === each)
      : typeof value === typeof usual && value !== 0;
    if (fits) settings[key] = value;
  }
  return settings as unknown as PageSettings;
}
