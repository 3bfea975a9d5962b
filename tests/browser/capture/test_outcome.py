"""What comes of a press, in a real browser: with its own clicks, focus, boxes and dead controls."""

from __future__ import annotations

from tests.browser.capture.conftest import OpenPage

PAGE = """
<body data-replay-zone="catalogue"><main><section><button id="dead">Request the return</button></section>
<section><button id="works">Add</button><p></p></section>
<section><button id="says">Send</button><p id="live" role="alert" hidden>Choose a reason.</p>
  <div data-replay-zone="private"><p role="status" id="secret"></p></div></section>
<form><input required><button id="checks">Pay</button></form>
<section><button id="off" disabled>Order</button></section></main></body>"""

BEHAVE = """() => {
    const at = (id) => document.getElementById(id);
    at('works').onclick = async () => {
        await fetch('/api/add').catch(() => {});
        at('works').nextElementSibling.textContent = 'Added';
    };
    at('says').onclick = () => { at('live').hidden = false; at('secret').textContent = 'Ana Duarte'; };
}"""


async def test_what_comes_of_a_press(open_page: OpenPage) -> None:
    captured = await open_page(PAGE)
    page = captured.page
    await page.evaluate(BEHAVE)
    await page.locator("#works").click()
    await page.locator("#works + p").filter(has_text="Added").wait_for()
    await page.locator("#checks").click()
    await captured.wait_facts("outcome", 1)
    await page.locator("#says").click()
    await captured.wait_facts("outcome", 2)
    await page.locator("#dead").dblclick()
    await captured.wait_facts("outcome", 3)
    await page.locator("#off").click(force=True)
    asked, said, nothing = await captured.fields("outcome")
    assert (asked["what"], asked["text"]["raw"]) == ("message", "Please fill out this field.")
    assert (said["what"], said["text"]["raw"]) == ("message", "Choose a reason.")
    assert (nothing["what"], nothing["presses"]) == ("nothing", 2)
    assert 5_000 <= nothing["after_ms"] < 6_000
    await captured.wait_facts("click", 6)
    clicks = await captured.facts("click")
    assert clicks[-1]["fields"]["control"] == "button#off"
    stated = (await captured.facts("outcome"))[2]
    assert abs(stated["t"] - nothing["after_ms"] - clicks[-2]["t"]) <= 1
    assert "Ana" not in await captured.everything()
