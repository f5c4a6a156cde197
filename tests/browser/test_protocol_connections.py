"""What carries a link and what carries a ballot leave the browser on connections of their own."""

from typing import Any

from playwright.sync_api import Browser

from static_site import Seen, static_site

ASK = """async ([address, order]) => {
  const { connect } = await import(`${address}/js/protocol/api.js`);
  const api = connect(address);
  for (const [number, side] of order.entries()) {
    await api[side].get(`/js/protocol/errors.js?${number}${side}`, { cache: "no-store" });
  }
}"""


def test_the_two_sides_share_no_connection(browser: Browser) -> None:
    """Each keeps a connection of its own, so the server had every chance to see both on one."""
    seen: list[Seen] = []
    order = ["identified", "anonymous"] * 4
    with static_site(seen) as address, browser.new_context() as context:
        context.add_cookies([{"name": "session", "value": "organiser", "url": address}])
        page = context.new_page()
        page.goto(f"{address}/")
        page.evaluate(ASK, [address, order])
    asked = [one for one in seen if "?" in one.path]
    assert [one.path.partition("?")[2][1:] for one in asked] == order
    identified, anonymous = asked[::2], asked[1::2]
    ports = [{one.port for one in side} for side in (identified, anonymous)]
    assert [len(one) for one in ports] == [1, 1]
    assert not ports[0] & ports[1]
    assert all("Cookie" in one.headers for one in identified)
    assert not any({"Cookie", "Referer"} & one.headers.keys() for one in anonymous)


def test_no_redirect_is_followed_and_addresses_may_end_with_a_slash(protocol: Any) -> None:
    answers = protocol.run(
        """
        const { connect, member } = await load("api");
        const api = connect(`${location.origin}//`);
        const ok = await api.anonymous.get("/js/protocol/errors.js");
        // The file server sends who asks for a folder elsewhere.
        const redirected = await api.anonymous.get("/js/protocol");
        const unread = await refusal(() => member(redirected, "path", "string"));
        const missing = await refusal(() => api.identified.get("/nothing"));
        return {
          address: api.address,
          statuses: [ok.status, redirected.status],
          refused: [unread, missing].map(({ kind, reason }) => [kind, reason]),
          found: await api.identified.find("/nothing"),
        };
        """
    )
    assert answers == {
        "address": protocol.page.url.rstrip("/"),
        "statuses": [200, 0],
        "refused": [["Untrusted", "unexpected-answer"], ["ApiError", "refused"]],
        "found": None,
    }
