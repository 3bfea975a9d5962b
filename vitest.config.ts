/** Unit tests of both JavaScript packages, in a document without layout; tests/browser has the real one. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "jsdom",
    include: ["sdk_js/test/**/*.test.ts", "viewer/web/test/**/*.test.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
