/**
 * What is used of Shopify's Web Pixels API, as its documentation and the types of `@shopify/web-pixels-extension`
 * have it. A pixel runs in a sandbox: a frame of no origin, or a worker. It has no page; storage is that of the page
 * around it, asked for by `browser`.
 */

/** Which uses of what the visitor does they allowed. */
export interface CustomerPrivacy {
  readonly analyticsProcessingAllowed?: boolean;
}

export interface PixelStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
}

export interface PixelApi {
  readonly browser: {
    readonly localStorage: PixelStorage;
    readonly sessionStorage: PixelStorage;
  };
  readonly init: { readonly customerPrivacy: CustomerPrivacy };
  readonly customerPrivacy: {
    subscribe(
      name: "visitorConsentCollected",
      heard: (event: { readonly customerPrivacy: CustomerPrivacy }) => void,
    ): unknown;
  };
}
