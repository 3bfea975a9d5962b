"""Bodies as Shopify and WooCommerce document them, written by us: the fields that are read, and some beside
them that must not be."""

from __future__ import annotations

from typing import Any

SHOPIFY_ORDER = 820_982_911_946_154_508


def money(amount: str, presented: str | None = None, currency: str = "EUR") -> dict[str, Any]:
    """What the shop counts in USD, and what the customer saw."""
    return {
        "shop_money": {"amount": amount, "currency_code": "USD"},
        "presentment_money": {"amount": presented or amount, "currency_code": currency},
    }


def shopify_line(**fields: object) -> dict[str, Any]:
    return {
        "id": 866_550_311_766_439_020,
        "sku": "HP-15",
        "name": "Laptop - grey",
        "title": "Laptop",
        "quantity": 2,
        "price": "199.00",
        "price_set": money("199.00", "189.50"),
        "discount_allocations": [{"amount": "20.00", "amount_set": money("20.00", "19.00")}],
        "properties": [{"name": "engraving", "value": "for Ana"}],
        **fields,
    }


def shopify_refund(**fields: object) -> dict[str, Any]:
    return {
        "id": 929_361_462,
        "order_id": SHOPIFY_ORDER,
        "created_at": "2026-11-03T09:00:00-05:00",
        "processed_at": "2026-11-03T09:00:00-05:00",
        "note": "called, was angry",
        "refund_line_items": [{"id": 1, "quantity": 1, "line_item_id": 9, "line_item": shopify_line()}],
        "transactions": [
            {
                "id": 245_135_271,
                "order_id": SHOPIFY_ORDER,
                "kind": "refund",
                "status": "success",
                "gateway": "shopify_payments",
                "amount": "360.00",
                "currency": "EUR",
                "created_at": "2026-11-03T09:00:01-05:00",
                "processed_at": "2026-11-03T09:00:02-05:00",
                "payment_details": {"credit_card_number": "•••• 4242"},
            },
            {"id": 245_135_272, "kind": "refund", "status": "pending", "amount": "1.00", "currency": "EUR"},
        ],
        **fields,
    }


def shopify_order(**fields: object) -> dict[str, Any]:
    return {
        "id": SHOPIFY_ORDER,
        "name": "#1001",
        "order_number": 1001,
        "created_at": "2026-11-01T10:00:00-05:00",
        "updated_at": "2026-11-01T10:00:05-05:00",
        "cancelled_at": None,
        "financial_status": "paid",
        "fulfillment_status": None,
        "currency": "USD",
        "presentment_currency": "EUR",
        "total_price": "378.00",
        "total_price_set": money("378.00", "360.00"),
        "email": "ana@shop.example",
        "phone": None,
        "customer": {
            "id": 207_119_551,
            "email": "ana@shop.example",
            "first_name": "Ana",
            "phone": "+15550100",
        },
        "billing_address": {"address1": "Chestnut Street 92", "zip": "40202"},
        "browser_ip": "203.0.113.9",
        "note": "leave at the door",
        "source_name": "web",
        "test": False,
        "line_items": [shopify_line()],
        "refunds": [],
        "fulfillments": [],
        **fields,
    }


def shopify_fulfilment(**fields: object) -> dict[str, Any]:
    return {
        "id": 255_858_046,
        "order_id": SHOPIFY_ORDER,
        "status": "success",
        "created_at": "2026-11-02T08:00:00Z",
        "updated_at": "2026-11-04T08:00:00Z",
        "shipment_status": None,
        "tracking_number": "1Z2345",
        "line_items": [shopify_line(quantity=1)],
        **fields,
    }


def woo_order(**fields: object) -> dict[str, Any]:
    return {
        "id": 727,
        "number": "1001",
        "status": "processing",
        "currency": "USD",
        "prices_include_tax": False,
        "date_created_gmt": "2026-11-01T10:00:00",
        "date_modified_gmt": "2026-11-01T10:00:09",
        "date_paid_gmt": "2026-11-01T10:00:08",
        "created_via": "checkout",
        "total": "29.35",
        "customer_id": 26,
        "billing": {"first_name": "Ana", "email": "ana@shop.example", "phone": "(555) 555-0100"},
        "customer_ip_address": "203.0.113.9",
        "line_items": [
            {"id": 315, "name": "Woo Single #1", "sku": "WS-1", "quantity": 2, "total": "6.00", "price": 3.0}
            | {"total_tax": "0.45", "subtotal": "6.00"}
        ],
        "refunds": [],
        **fields,
    }


def woo_product(**fields: object) -> dict[str, Any]:
    return {
        "id": 794,
        "type": "simple",
        "sku": "WS-1",
        "price": "21.99",
        "regular_price": "21.99",
        "sale_price": "",
        "on_sale": False,
        "date_modified_gmt": "2026-11-01T10:00:00",
        "date_on_sale_from_gmt": None,
        "date_on_sale_to_gmt": None,
        **fields,
    }
