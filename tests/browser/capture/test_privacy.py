"""Nothing private leaves the page: a page with a secret in every place is recorded in a real browser, through
everything that can happen to it, and what left is compared with a reviewed recording.

To review a change: ``REPLAY_GOLDEN=write pytest tests/browser/capture/test_privacy.py``, and read the
difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from tests.browser.capture.conftest import ORIGIN, Captured

HERE = Path(__file__).parent
GOLDEN = HERE.parents[1] / "golden" / "privacy.json"
SECRETS = (
    "SENTINEL",
    "sentinel",
    "4111",
    "867-5309",
    "8675309",
    "867 5309",
    "874512",
    "1987-06-05",
    "1234.56",
    "U0VOVElORUw",  # the same in base64
)

BARE = "captured.startBare()"

CHANGES = """
() => {
  const $ = (selector) => document.querySelector(selector);
  const set = (element, value) => { element.value = value; element.dispatchEvent(new Event('input',
    {bubbles: true})); };
  // Everything once more, as an addition.
  const copy = $('#unknown').cloneNode(true);
  copy.querySelector('#frame').remove();
  copy.id = 'copy';
  document.body.append(copy, $('#catalogue').cloneNode(true), $('#cart').cloneNode(true),
    $('#payment').cloneNode(true));
  // Text, attributes and values.
  $('#unknown p').firstChild.data = 'SENTINEL changed';
  $('#link').href = '/reset?token=SENTINEL';
  $('#link').title = 'SENTINEL title';
  $('#link').setAttribute('data-note', 'SENTINEL');
  $('#link').style.setProperty('--name', '"SENTINEL"');
  $('#editable').textContent = 'SENTINEL typed';
  for (const id of ['text', 'password', 'revealed', 'toggle', 'area']) set($('#' + id), 'SENTINEL typed');
  $('#text').setAttribute('value', 'SENTINEL attribute');
  $('#text').placeholder = 'SENTINEL placeholder 2';
  $('#toggle').type = 'text';
  set($('#toggle'), 'SENTINEL typed while revealed');
  $('#area').textContent = 'SENTINEL text of a textarea';
  $('#select').selectedIndex = 0;
  $('#catalogue [data-replay-mask]').append('SENTINEL appended');
  $('#payment').append('SENTINEL appended');
  $('#payment').firstChild.data = 'SENTINEL changed';
  // Style sheets by script.
  const sheet = document.styleSheets[0];
  sheet.insertRule('.late::after { content: "SENTINEL rule" }');
  sheet.cssRules[0].style.setProperty('content', '"SENTINEL declaration"');
  const adopted = new CSSStyleSheet();
  adopted.replaceSync(`.a::after { content: "SENTINEL adopted" }
    .b { background: url(/b.png?token=SENTINEL) }`);
  document.adoptedStyleSheets = [adopted];
  document.querySelector('style').append('.c::after { content: "SENTINEL text of style" } /* SENTINEL */');
  // Shadow trees.
  const late = document.createElement('div');
  late.attachShadow({ mode: 'open' }).innerHTML =
    '<p title="SENTINEL">SENTINEL late shadow <input value="SENTINEL"></p>';
  document.body.append(late);
  $('#host').shadowRoot.querySelector('p').textContent = 'SENTINEL changed in shadow';
  $('#frame').contentDocument.body.append('SENTINEL appended in frame');
  document.title = 'SENTINEL new title';
  getSelection().selectAllChildren($('#text').parentNode);
}
"""

FACTS = """
async () => {
  const query = 'email=SENTINEL%40example.com&utm_campaign=mail&coupon=SAVE20';
  history.pushState({}, '', `/orders/SENTINELabc123def456?${query}#SENTINEL`);
  await fetch('/api/cart/SENTINELabc123def456?token=SENTINEL', { method: 'POST', body: 'SENTINEL' });
  const request = new XMLHttpRequest();
  request.open('DELETE', '/api/line?token=SENTINEL');
  await new Promise((done) => { request.onloadend = done; request.send('SENTINEL'); });
  const script = document.createElement('script');
  script.textContent = `setTimeout(() => { JSON.parse('SENTINEL is no JSON'); })`;
  document.body.append(script);
  Promise.reject(new Error('no customer "SENTINEL" with mail ana.sentinel@example.com'));
  document.querySelector('#unknown button').addEventListener('click', (event) => event.preventDefault());
}
"""


async def record(page: Page, bundle: str, start: str = "captured.start()") -> Captured:
    """The page, through everything."""

    async def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            body = (HERE / "privacy.html").read_text("utf-8")
            await route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            await route.fulfill(status=404, body="")

    captured = Captured(page)
    await page.route(f"{ORIGIN}/**", answer)
    await page.goto(
        f"{ORIGIN}/account/SENTINELabc123def456?token=SENTINEL&page=2", referer=f"{ORIGIN}/r?SENTINEL"
    )
    await page.evaluate(
        """() => { document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML =
             '<p aria-label="SENTINEL">SENTINEL shadow</p><textarea>SENTINEL</textarea>'; }"""
    )
    await page.evaluate(bundle)
    await page.evaluate(start)
    await page.wait_for_function("captured.pictures.some(event => event.includes('isAttachIframe'))")
    await page.evaluate(CHANGES)
    await page.locator("#text").first.press_sequentially("SENTINEL")
    await page.locator("#editable").first.press_sequentially("SENTINEL")
    await page.locator("#cart [data-replay-qty]").first.fill("3")
    if start != BARE:
        await captured.page.wait_for_function(
            "captured.facts.some(fact => fact.fields.lines?.[0].quantity_typed)"
        )
    await page.evaluate(FACTS)
    if start != BARE:
        await captured.wait_facts("error", 2)
    await page.locator("#unknown button").first.click()
    await page.locator("#catalogue [data-replay-mask]").first.click()
    if start != BARE:
        await page.evaluate("captured.checkpoint()")
        await captured.settle()
    return captured


async def test_no_secret_leaves_the_page(browser_page: Page, bundle: str) -> None:
    captured = await record(browser_page, bundle)
    left = json.dumps(await what_left(captured), ensure_ascii=False)
    for secret in SECRETS:
        around = [
            left[max(0, at.start() - 120) : at.end() + 40] for at in re.finditer(re.escape(secret), left)
        ]
        assert not around, f"{secret} left the page {len(around)} times, first in {around[0]}"


async def test_without_the_veil_the_same_page_gives_its_secrets_away(browser_page: Page, bundle: str) -> None:
    """The page is a good trap: the bare recorder, masking inputs its own way, lets nearly all of it out."""
    captured = await record(browser_page, bundle, start=BARE)
    left = await captured.page.evaluate("captured.pictures.join('')")
    assert left.count("SENTINEL") > 150


async def test_what_may_be_read_is_read(browser_page: Page, bundle: str) -> None:
    left = json.dumps(await what_left(await record(browser_page, bundle)), ensure_ascii=False)
    for words in (
        "HP 15 laptop, 15.6″, 4.5 stars",
        "A readable title",
        "Now $1,299.00, was 1 499,00 €. Model 4711-0815, ships by 2024-11-22.",
        "Order 100023456789 shipped, tracking 9400111899223334445556, refunded $120.00",
        "Medium",
        "Search the shop",
        "$2,598.00",
        "SAVE20",
        "\uf101",
        "utm_campaign=mail&coupon=SAVE20",
    ):
        assert words in left, words


async def test_the_recording_is_the_reviewed_one(browser_page: Page, bundle: str) -> None:
    captured = await record(browser_page, bundle)
    text = json.dumps(await what_left(captured), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("REPLAY_GOLDEN") == "write":
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


VARYING = {
    "timestamp",
    "timeOffset",
    "duration_ms",
    "user_agent",
    "locale",
    "language",
    "time_zone",
    "x",
    "y",
    "t",
    "said",
}
MOUSE_MOVE = 1


async def what_left(captured: Captured) -> dict[str, Any]:
    """All that left, without what differs from run to run and from machine to machine."""
    facts = await captured.page.evaluate("captured.facts")
    recording = [event for event in await captured.pictures() if event["data"].get("source") != MOUSE_MOVE]
    kept: dict[str, Any] = normalised({"facts": facts, "recording": recording})
    return kept


def normalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "…" if key in VARYING else normalised(each) for key, each in value.items()}
    if isinstance(value, list):
        return [normalised(each) for each in value]
    return value
