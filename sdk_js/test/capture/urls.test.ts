/** Addresses keep what leads to a page and lose what names a person. */
import { describe, expect, it } from "vitest";
import { MASK } from "../../src/capture/mask";
import { createUrls } from "../../src/capture/urls";

const urls = createUrls(["Color"]);

describe("address", () => {
  it.each([
    ["https://shop.example/p/hp-15?utm_source=mail&variant=40123456789012", undefined],
    [
      "https://shop.example/p/hp-15?token=x&page=2&color=red",
      "https://shop.example/p/hp-15?page=2&color=red",
    ],
    ["https://shop.example/?q=ana%40example.com", `https://shop.example/?q=${MASK}`],
    ["https://shop.example/?q=red+shoes#reviews", "https://shop.example/?q=red+shoes"],
    ["https://shop.example/#/cart?token=x&coupon=A", "https://shop.example/#/cart?coupon=A"],
    ["https://ana:secret@shop.example/a", "https://shop.example/a"],
    ["https://shop.example/reset/8f3a9c2b1d4e5f60aa/x", `https://shop.example/reset/${MASK}/x`],
    ["https://shop.example/u/ana@example.com", `https://shop.example/u/${MASK}`],
    ["https://shop.example/u/ana%40example.com", `https://shop.example/u/${MASK}`],
    ["https://shop.example/a;jsessionid=1234/b", "https://shop.example/a/b"],
    ["https://shop.example/orders/100023456789", undefined],
    ["https://shop.example/products/super-long-product-name-16gb-512gb-ssd", undefined],
    ["/relative/path?x=1", "/relative/path"],
    ["mailto:ana@example.com", "mailto:"],
    ["tel:+15558675309", "tel:"],
    ["java\tscript:alert('x')", "javascript:"],
    [" data:text/html,secret", "data:"],
    ["https://shop.example/?q=%E0%A4%A", "https://shop.example/"],
  ])("%s", (url, clean) => {
    expect(urls.address(url)).toBe(clean ?? url);
  });
});

describe("asset", () => {
  it.each([
    ["https://cdn.example/a/8f3a9c2b1d4e5f60aa.css", undefined],
    ["https://cdn.example/logo@2x.png?v=1699", undefined],
    ["https://cdn.example/a.jpg?width=300&X-Amz-Signature=abc", "https://cdn.example/a.jpg?width=300"],
    ["https://cdn.example/a.jpg?v=a-much-too-long-version-to-be-one", "https://cdn.example/a.jpg"],
    ["https://shop.example/_next/image?url=%2Fa.jpg%3Ftoken%3D1&w=640", undefined],
    ["data:image/png;base64,AA==?", undefined],
    ["#icon-cart", undefined],
    ["https://shop.example/sprite.svg#icon-cart", undefined],
    ["https://ana:secret@cdn.example/a.png", "https://cdn.example/a.png"],
  ])("%s", (url, clean) => {
    const expected = url.includes("_next")
      ? url
          .replace(/%3Ftoken.*?&/, "&")
          .replace("url=%2F", `url=${encodeURIComponent("http://localhost:3000/")}`)
      : url;
    expect(urls.asset(url)).toBe(clean ?? expected);
  });

  it("is absolute, because a replay has no base", () => {
    expect(urls.asset("/a.png")).toBe(new URL("/a.png", document.baseURI).href);
  });

  it("cleans each candidate of a set", () => {
    expect(urls.assets("https://a.example/a.jpg?t=1 1x, https://a.example/b,c.jpg?w=2 2x")).toBe(
      "https://a.example/a.jpg 1x, https://a.example/b,c.jpg?w=2 2x",
    );
  });
});
