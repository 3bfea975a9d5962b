-- With which shop platforms sign what they say of a site by their own webhooks.

ALTER TABLE site ADD COLUMN shopify_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE site ADD COLUMN woocommerce_secret TEXT NOT NULL DEFAULT '';
