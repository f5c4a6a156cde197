"""The order in which a device shows options: as in the manifest, or drawn, with none of the above last."""

from collections import Counter
from typing import Any

from playwright.sync_api import Page

ORDERS = """async (contests) => {
  const { shownOrder } = await import("/js/vote/shown_order.js");
  return contests.map((contest) => [shownOrder(contest), shownOrder({ ...contest })]);
}"""


def contest(number: int, **members: Any) -> dict[str, Any]:
    return {"id": "c1", "title": f"Contest {number}", "options": ["Ada", "Ben", "Cid", "Nobody"], **members}


def test_options_keep_their_order_unless_it_is_drawn(modules: Page) -> None:
    [[order, again]] = modules.evaluate(ORDERS, [contest(0)])
    assert order == again == [1, 2, 3, 4]


def test_a_drawn_order_is_any_and_stays(modules: Page) -> None:
    given = [contest(number, order="shuffled", none_of_the_above=True) for number in range(600)]
    orders = modules.evaluate(ORDERS, given)
    assert all(order == again for order, again in orders)
    drawn = Counter(tuple(order) for order, _ in orders)
    assert {order[3] for order in drawn} == {4}
    assert len(drawn) == 6
    assert min(drawn.values()) > 50  # 100 each; less than this in one run of a million
