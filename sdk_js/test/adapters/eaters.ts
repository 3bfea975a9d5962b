/** Every adapter with its food: what it states a cart or a price of, each field with something in it. */
import type { Adapter } from "../../src/adapters/adapter";
import { adapter as adobe } from "../../src/adapters/adobe";
import { adapter as bigcommerce } from "../../src/adapters/bigcommerce";
import { adapter as data_layer } from "../../src/adapters/data_layer";
import { adapter as evershop } from "../../src/adapters/evershop";
import { adapter as magento } from "../../src/adapters/magento";
import { adapter as medusa } from "../../src/adapters/medusa";
import { adapter as opencart } from "../../src/adapters/opencart";
import { adapter as prestashop } from "../../src/adapters/prestashop";
import { adapter as product_data } from "../../src/adapters/product_data";
import { adapter as saleor } from "../../src/adapters/saleor";
import { adapter as segment } from "../../src/adapters/segment";
import { adapter as sfra } from "../../src/adapters/sfra";
import { adapter as shopify } from "../../src/adapters/shopify";
import { adapter as woocommerce } from "../../src/adapters/woocommerce";

export type Food = Record<string, unknown>;
export interface Eater {
  readonly adapter: Adapter;
  /** What it states a cart or a price of, with a list of lines in it. */
  readonly food: Food;
  /** Where the food comes from: an address that answers it, or a way by which the page hands it over. */
  readonly from: string | ((food: unknown) => void);
  readonly body?: string;
}

const page = window as unknown as Record<string, { push(entry: unknown): void } & Listening>;
interface Listening {
  track(name: string, given: unknown): void;
}
const LINE = { item_id: "A", item_name: "B", quantity: 2, price: 3.5, coupon: "C" };
const money = (amount: number) => ({ gross: { amount, currency: "USD" } });

export const EATERS: Record<string, Eater> = {
  data_layer: {
    adapter: data_layer,
    food: { event: "view_cart", ecommerce: { currency: "USD", value: 7, coupon: "D", items: [LINE] } },
    from: (food) => page.dataLayer?.push(food),
  },
  segment: {
    adapter: segment,
    food: {
      cart_id: "c",
      currency: "USD",
      value: 7,
      tax: 1,
      coupon: "D",
      products: [{ ...LINE, sku: "A", name: "B" }],
    },
    from: (food) => page.analytics?.track("Checkout Started", food),
  },
  adobe: {
    adapter: adobe,
    food: {
      event: "shopping-cart-view",
      eventInfo: {
        shoppingCartContext: {
          items: [
            {
              id: "1",
              quantity: 2,
              product: { sku: "A", name: "B" },
              prices: { price: { value: 3.5, currency: "USD" } },
            },
          ],
          prices: { subtotalIncludingTax: { value: 7, currency: "USD" } },
          totalQuantity: 2,
        },
      },
    },
    from: (food) => page.adobeDataLayer?.push(food),
  },
  product_data: {
    adapter: product_data,
    food: {
      "@type": "Product",
      sku: "A",
      name: "B",
      offers: [
        {
          "@type": "Offer",
          price: "3.50",
          priceCurrency: "USD",
          priceSpecification: [{ price: "4", priceType: "ListPrice" }],
        },
      ],
    },
    from: (food) => {
      document.head.innerHTML = '<script type="application/ld+json"></script>';
      (document.head.firstChild as Element).textContent =
        typeof food === "string" ? food : JSON.stringify(food);
    },
  },
  shopify: {
    adapter: shopify,
    food: {
      currency: "USD",
      total_price: 700,
      items: [
        {
          key: "1",
          title: "B",
          sku: "A",
          quantity: 2,
          final_price: 350,
          original_price: 400,
          final_line_price: 700,
        },
      ],
      cart_level_discount_applications: [{ type: "discount_code", title: "D", total_allocated_amount: 1 }],
      discount_codes: [{ code: "D", applicable: true }],
    },
    from: "/cart.js",
  },
  magento: {
    adapter: magento,
    food: {
      quote_currency_code: "USD",
      coupon_code: "D",
      discount_amount: -1,
      grand_total: 6,
      items: [{ item_id: 1, name: "B", qty: 2, price: 3.5, row_total: 7 }],
    },
    from: "/rest/V1/carts/mine/totals",
  },
  woocommerce: {
    adapter: woocommerce,
    food: {
      items: [
        {
          key: "1",
          sku: "A",
          name: "B",
          quantity: 2,
          prices: { price: "350", currency_minor_unit: 2 },
          totals: { line_total: "700" },
        },
      ],
      coupons: [{ code: "D", totals: { total_discount: "100", currency_minor_unit: 2 } }],
      totals: { currency_code: "USD", currency_minor_unit: 2, total_price: "600", total_tax: "0" },
      errors: [{ message: "No" }],
    },
    from: "/wp-json/wc/store/v1/cart",
  },
  bigcommerce: {
    adapter: bigcommerce,
    food: {
      currency: { code: "USD" },
      baseAmount: 7,
      cartAmount: 6,
      coupons: [{ code: "D", displayName: "E", discountedAmount: 1 }],
      lineItems: {
        physicalItems: [
          { id: 1, sku: "A", name: "B", quantity: 2, listPrice: 4, salePrice: 3.5, extendedSalePrice: 7 },
        ],
      },
    },
    from: "/api/storefront/carts/1",
  },
  sfra: {
    adapter: sfra,
    food: {
      items: [
        {
          UUID: "1",
          id: "A",
          productName: "B",
          quantity: 2,
          price: { sales: { value: 3.5, currency: "USD" } },
          priceTotal: { price: "$7.00" },
        },
      ],
      numItems: 2,
      totals: {
        subTotal: "$7.00",
        grandTotal: "$6.00",
        orderLevelDiscountTotal: { value: 1, formatted: "$1.00" },
        discounts: [{ type: "coupon", couponCode: "D", applied: true, valid: true }],
      },
    },
    from: "/s/Site/Cart-Get",
  },
  prestashop: {
    adapter: prestashop,
    food: {
      cart: {
        products: [{ reference: "A", name: "B", quantity: 2, price_amount: 3.5, total: "€7.00" }],
        products_count: 2,
        subtotals: { products: { amount: 7 }, shipping: { amount: 1, value: "€1.00" } },
        totals: { total: { amount: 8 } },
        vouchers: { added: { 3: { code: "D", name: "E", reduction_formatted: "-€1.00" } } },
      },
    },
    from: "/cart?action=update",
  },
  evershop: {
    adapter: evershop,
    food: {
      data: {
        myCart: {
          currency: "USD",
          coupon: "D",
          totalQty: 2,
          grandTotal: { value: 6 },
          items: [{ productSku: "A", productName: "B", qty: 2, finalPriceInclTax: { value: 3.5 } }],
        },
      },
    },
    from: "/api/graphql",
  },
  opencart: {
    adapter: opencart,
    food: { error: { warning: "No", option: { 5: "Size required!" } } },
    from: "/index.php?route=checkout/cart.add",
  },
  medusa: {
    adapter: medusa,
    food: {
      cart: {
        currency_code: "usd",
        item_total: 7,
        total: 6,
        promotions: [{ code: "D" }],
        items: [{ id: "1", variant_sku: "A", product_title: "B", quantity: 2, unit_price: 3.5, total: 7 }],
      },
    },
    from: "/store/carts/1",
  },
  saleor: {
    adapter: saleor,
    food: {
      data: {
        checkout: {
          voucherCode: "D",
          discount: { amount: 1, currency: "USD" },
          lines: [
            {
              id: "1",
              quantity: 2,
              unitPrice: money(3.5),
              totalPrice: money(7),
              variant: { sku: "A", product: { name: "B" } },
            },
          ],
          totalPrice: money(6),
        },
      },
    },
    from: "/graphql/",
  },
};
