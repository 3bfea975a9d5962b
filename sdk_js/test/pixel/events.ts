/** Events of the Web Pixels API as its types have them, with things beside that no pixel of ours may read. */

export const usd = (amount: number) => ({ amount, currencyCode: "USD" });

const SPRING = { title: "SPRING", type: "DISCOUNT_CODE", targetType: "LINE_ITEM", value: { percentage: 10 } };
const GIFT = { title: "Free gift", type: "AUTOMATIC", targetType: "LINE_ITEM", value: usd(0) };

export const CHECKOUT = {
  token: "c0ffee",
  attributes: [{ key: "note", value: "ring twice" }],
  email: "ana@shop.example",
  phone: "+15550100",
  billingAddress: { address1: "Chestnut Street 92" },
  currencyCode: "USD",
  discountApplications: [SPRING, GIFT],
  discountsAmount: usd(99.9),
  lineItems: [
    {
      id: "1",
      title: "Laptop",
      quantity: 2,
      properties: [{ key: "engraving", value: "ring twice" }],
      variant: { id: "42", sku: "HP-15", title: "Silver", price: usd(499) },
      finalLinePrice: usd(898.1),
      discountAllocations: [
        { amount: usd(50), discountApplication: SPRING },
        { amount: usd(49.9), discountApplication: SPRING },
      ],
    },
  ],
  order: { id: null, customer: { id: "c7" } },
  shippingLine: { price: usd(5) },
  subtotalPrice: usd(898.1),
  totalTax: usd(0),
  totalPrice: usd(903.1),
  transactions: [{ paymentMethod: { name: "•••• 4242" } }],
};

export const happened = (name: string, checkout: unknown = CHECKOUT) => ({
  id: "e1",
  name,
  type: "standard",
  timestamp: "2026-11-22T10:04:12.000Z",
  context: {
    document: {
      location: { origin: "https://shop.example", href: "https://shop.example/checkouts/cn/c0ffee" },
    },
  },
  data: { checkout },
});

export const completed = () =>
  happened("checkout_completed", {
    ...CHECKOUT,
    order: { id: "gid://shopify/OrderIdentity/8209829119461545" },
  });

export const alerted = (type: string, message: string, value: string | null) => ({
  ...happened("alert_displayed"),
  data: { alert: { type, message, target: "cart.email", value } },
});
