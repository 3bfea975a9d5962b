/** The site's settings together with what the adapters of its platform know of the usual themes. */
import type { Adapter } from "../adapters/adapter";
import type { PageSettings } from "../wire.gen";
import type { ZoneSettings } from "./zones";

/** A site that has selectors of its own is read by those alone. */
export function withPresets(settings: PageSettings, adapters: readonly Adapter[]): ZoneSettings {
  const { carts, products, zones } = settings;
  if (carts[0] || products[0]) return settings;
  const presets = adapters.flatMap((adapter) => adapter.presets ?? []);
  return {
    ...settings,
    carts: presets.flatMap((preset) => preset.carts),
    products: presets.flatMap((preset) => preset.products),
    zones: zones.concat(presets.flatMap((preset) => preset.zones)),
    subjects: zones[0] ? "" : presets.map((preset) => preset.subjects).join("|"),
  };
}
