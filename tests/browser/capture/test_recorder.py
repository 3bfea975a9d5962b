"""The recorder is a guest: other recorders may be there, the page's own errors stay the page's, and it leaves
nothing behind."""

from __future__ import annotations

from tests.browser.capture.conftest import OpenPage

PATCHED = """() => [CSSStyleSheet.prototype.insertRule, CSSStyleSheet.prototype.deleteRule,
  CSSStyleDeclaration.prototype.setProperty, Element.prototype.attachShadow, customElements.define,
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set,
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set,
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked').set,
  window.fetch, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send, history.pushState]"""


async def test_stopping_undoes_everything(open_page: OpenPage) -> None:
    captured = await open_page("<body><p>Shop</p></body>", start=False)
    page = captured.page
    await page.evaluate(f"window.before = ({PATCHED})()")
    await page.evaluate("captured.start()")
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate("captured.stop()")
    assert await page.evaluate(f"({PATCHED})().map((each, index) => each === before[index])") == [True] * 12
    count = await page.evaluate("captured.pictures.length + captured.facts.length")
    await page.evaluate("document.querySelector('p').textContent = 'Later'; document.body.click()")
    await page.locator("p").click()
    await page.evaluate("new Promise(requestAnimationFrame)")
    assert await page.evaluate("captured.pictures.length + captured.facts.length") == count
    # And it may begin again.
    await page.evaluate("captured.start({}, 'restarted')")
    await page.wait_for_function(f"captured.pictures.length > {count}")
    assert [page["how"] for page in await captured.fields("page")] == ["navigate", "restarted"]


async def test_what_others_put_on_top_stays_when_it_stops(open_page: OpenPage) -> None:
    captured = await open_page("<body><style>p {}</style><input></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate(
        """() => { const { prototype } = CSSStyleSheet; const inner = prototype.insertRule; window.calls = 0;
             prototype.insertRule = function (...given) { window.calls++; return inner.apply(this, given); };
             captured.stop(); document.styleSheets[0].insertRule('b {}'); }"""
    )
    assert await page.evaluate("calls") == 1
    assert await page.evaluate("document.styleSheets[0].cssRules.length") == 2


async def test_two_recorders_on_one_page(open_page: OpenPage, bundle: str) -> None:
    captured = await open_page("<body><style>p {}</style><p>Shop</p><input></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate("window.first = captured")
    await page.evaluate(bundle)
    await page.evaluate("captured.startBare()")
    await page.evaluate(
        """() => { document.styleSheets[0].insertRule('b {}'); document.querySelector('p').id = 'x';
                   document.querySelector('input').value = 'set by script'; }"""
    )
    for name in ("first", "captured"):
        await page.wait_for_function(
            f"""['"source":8', '"source":0', '"source":5'].every(
                (part) => {name}.pictures.some((event) => event.includes(part)))"""
        )
    # Each numbers the page's nodes for itself, in the same way.
    assert await page.evaluate("first.pictures.filter((event) => event.includes('\"source\":0')).length") == 1


async def test_what_the_browser_throws_at_the_page_reaches_the_page(open_page: OpenPage) -> None:
    captured = await open_page("<body><style>p {}</style></body>")
    await captured.page.wait_for_function("captured.pictures.length > 1")
    thrown = await captured.page.evaluate(
        """() => [() => document.styleSheets[0].insertRule('}'), () => document.styleSheets[0].insertRule(),
                  () => document.styleSheets[0].deleteRule(9), () => document.body.style.setProperty(),
                  () => customElements.define('x', class {})].map((run) => {
              try { run(); return null; } catch (error) { return error.name; } })"""
    )
    assert thrown == ["SyntaxError", "TypeError", "IndexSizeError", "TypeError", "SyntaxError"]


async def test_a_checkpoint_is_a_whole_picture(open_page: OpenPage) -> None:
    captured = await open_page("<body><p>Shop</p></body>")
    await captured.page.wait_for_function("captured.pictures.length > 1")
    count = len(await captured.pictures())
    await captured.page.evaluate("captured.checkpoint()")
    assert [event["type"] for event in (await captured.pictures())[count:]] == [4, 2]


async def test_new_settings_apply_to_the_picture_at_once(open_page: OpenPage) -> None:
    captured = await open_page('<body><p class="note">Read me</p></body>')
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    count = len(await captured.pictures())
    assert "Read me" not in await captured.everything()
    await page.evaluate("captured.settings({ zones: [{ selector: '.note', zone: 'catalogue' }] })")
    assert [event["type"] for event in (await captured.pictures())[count:]] == [4, 2]
    assert "Read me" in await captured.everything()
    assert len(await captured.facts("page")) == 1
    # The same settings again, as every new connection brings them, change nothing.
    count = len(await captured.pictures())
    await page.evaluate("captured.settings({ zones: [{ selector: '.note', zone: 'catalogue' }] })")
    assert len(await captured.pictures()) == count


async def test_times_are_the_page_clock(open_page: OpenPage) -> None:
    captured = await open_page("<body><p>Shop</p></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    before, after = await page.evaluate(
        """async () => { const before = captured.clock.now(); document.querySelector('p').id = 'x';
             await Promise.resolve(); return [before, captured.clock.now()]; }"""
    )
    last = (await captured.pictures())[-1]
    assert before <= last["timestamp"] <= after


async def test_the_page_sees_no_error_and_no_trace(open_page: OpenPage) -> None:
    captured = await open_page(
        "<body><div data-replay-cart='page'><b data-replay-count>1</b></div></body>", start=False
    )
    page = captured.page
    await page.evaluate(
        "() => { window.errors = []; window.onerror = (message) => { errors.push(String(message)); }; }"
    )
    globals_before = await page.evaluate("Object.getOwnPropertyNames(window)")
    markup = await page.evaluate("document.documentElement.outerHTML")
    await page.evaluate("captured.start()")
    # A page whose own observer changes the page while ours are at work.
    await page.evaluate(
        """async () => { const cart = document.querySelector('[data-replay-cart]'); let rounds = 0;
            new ResizeObserver(() => { if (rounds++ < 5) { cart.insertAdjacentHTML('beforebegin',
              '<div data-replay-cart="mini"><b data-replay-count>2</b></div>'); } }).observe(cart);
            for (let i = 0; i < 10; i++) { cart.style.width = 100 + i + 'px';
              await new Promise(requestAnimationFrame); }
            cart.removeAttribute('style');
              document.querySelectorAll('[data-replay-cart=mini]').forEach((each) => each.remove()); }"""
    )
    await captured.settle()
    assert await page.evaluate("errors") == []
    assert await page.evaluate("Object.getOwnPropertyNames(window)") == globals_before
    assert await page.evaluate("document.documentElement.outerHTML") == markup


async def test_sheets_of_a_late_shadow_root_are_told_after_it(open_page: OpenPage) -> None:
    captured = await open_page("<body><div></div></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('b { top: 0px; }');
             const root = document.querySelector('div').attachShadow({ mode: 'open' });
             root.adoptedStyleSheets = [sheet]; root.innerHTML = '<b>x</b>'; }"""
    )
    await page.wait_for_function("captured.pictures.some((event) => event.includes('styleIds'))")
    told = [event["data"] for event in await captured.pictures() if event["type"] == 3]
    assert [data["source"] for data in told] == [0, 15]
    assert "top: 0px" in told[1]["styles"][0]["rules"][0]["rule"]


async def test_what_scripts_do_behind_the_tree_is_told(open_page: OpenPage) -> None:
    """Each by a way that leaves no trace in the page's nodes."""
    captured = await open_page(
        "<body><style>b { top: 0px; } i { top: 0px; } u { top: 0px; }</style>"
        '<div data-replay-cart="page"><input data-replay-qty type="number" value="1"></div></body>'
    )
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate(
        """() => { const [{ cssRules: [b, i, u] }] = document.styleSheets;
             b.style.top = '7px'; i.selectorText = '.told'; u.style.cssText = 'left: 8px';
             const sheet = new CSSStyleSheet(); sheet.replaceSync('p { top: 9px; }');
             document.adoptedStyleSheets.push(sheet);
             document.querySelector('input').stepUp(); }"""
    )
    await page.wait_for_function("captured.pictures.some((event) => event.includes('\"source\":5'))")
    told = [event["data"] for event in await captured.pictures() if event["type"] == 3]
    rules = [data["adds"][0]["rule"] for data in told if data["source"] == 8]
    assert rules == ["b { top: 7px; }", ".told { top: 0px; }", "u { left: 8px; }"]
    assert [data["removes"][0]["index"] for data in told if data["source"] == 8] == [1, 2, 3]
    assert [data["styles"][0]["rules"][0]["rule"] for data in told if data["source"] == 15] == [
        "p { top: 9px; }"
    ]
    assert [data["text"] for data in told if data["source"] == 5] == ["2"]


async def test_two_recorders_look_at_adopted_sheets_without_end(open_page: OpenPage, bundle: str) -> None:
    captured = await open_page("<body></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate("window.first = captured")
    await page.evaluate(bundle)
    await page.evaluate("captured.start()")
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate("document.adoptedStyleSheets = [new CSSStyleSheet()]")
    for name in ("first", "captured"):
        await page.wait_for_function(f"{name}.pictures.some((event) => event.includes('styleIds'))")


async def test_a_form_whose_inputs_have_names_of_the_browsers(open_page: OpenPage) -> None:
    names = ("nodeType", "attributes", "getAttribute", "childNodes", "parentNode", "ownerDocument")
    inputs = "".join(f"<input name={name}>" for name in names)
    captured = await open_page(f"<body><form class=before>{inputs}<p></p></form></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    assert f'"name":"{names[-1]}"' in await captured.everything()
    await page.evaluate("document.querySelector('p').append(document.createElement('b'))")
    await page.wait_for_function("captured.pictures.some((event) => event.includes('\"source\":0'))")
    change = (await captured.pictures())[-1]["data"]
    assert [added["node"]["tagName"] for added in change["adds"]] == ["b"]


CHURN = """async () => {
  for (let round = 0; round < 20; round++) {
    const list = document.createElement('ul');
    for (let item = 0; item < 100; item++) {
      const line = document.createElement('li');
      line.innerHTML = '<b>Item</b><input value="1"><style>b { top: 0px; }</style>';
      list.append(line);
    }
    document.body.append(list);
    await new Promise((done) => setTimeout(done, 0));
    for (const input of list.querySelectorAll('input')) input.value = '2';
    list.querySelector('style').sheet.cssRules[0].style.top = '1px';
    await new Promise((done) => setTimeout(done, 0));
    list.remove();
  }
  await new Promise((done) => setTimeout(done, 0));
}"""
LEFT_NODES_COUNT = 2_000
"""Two rounds of twenty: the last of all may wait for whoever reads seldom."""


async def test_nodes_that_are_gone_are_not_held(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>")
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    browser = await page.context.new_cdp_session(page)

    async def nodes() -> int:
        await browser.send("HeapProfiler.collectGarbage")
        counters = await browser.send("Memory.getDOMCounters")
        return int(counters["nodes"])

    before = await nodes()
    await page.evaluate(CHURN)
    await captured.settle()
    after = await nodes()
    assert after - before < LEFT_NODES_COUNT
