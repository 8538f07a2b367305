# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Views, counts, search, chips, sort and links: each leads to exactly its rows, and stands in the address."""

from __future__ import annotations

from collections import Counter

import pytest

from .conftest import data_rows, drawn, ids, matching, matching_in, wait

VIEWS = {
    "manifests": ("by-policy", "by-namespace", "by-object"),
    "cluster": ("by-policy", "by-namespace", "by-object"),
    "fleet": ("by-subscription", "by-level", "by-version"),
}


# Address and text of each link, what the page says when it is followed, and how many rows it has then.
FOLLOWED = """async selector => {
  const found = [];
  for (const link of [...document.querySelectorAll(selector)].map(one => [one.getAttribute('href'), one.textContent])) {
    const arrived = new Promise(done => addEventListener('hashchange', () => setTimeout(done), {once: true}));
    location.hash = link[0];
    await arrived;
    found.push([...link, document.querySelector('#shown').textContent,
                document.querySelectorAll('#list > tbody').length]);
  }
  return found;
}"""


@pytest.mark.parametrize("kind", VIEWS)
def test_every_count_leads_to_exactly_its_rows(opened, made_pages, kind):
    page = opened(made_pages[kind])
    total = len(data_rows(made_pages[kind]))
    for view in VIEWS[kind]:
        page.click(f'nav a[href^="#{view}"]')
        # One question for all links: asking the browser costs more than what it does.
        links = page.evaluate(FOLLOWED, f"section#{view} a.count")
        assert links
        found = 0
        for address, text, shown, rows in links:
            assert matching_in(shown) == rows == int(text), address
            if "&state=" not in address:
                found += int(text)
        # The groups of a view share all rows among them.
        assert found == total


def test_a_count_is_followed_by_a_click_and_back_works(opened, made_pages):
    page = opened(made_pages["manifests"])
    everything = ids(page)
    link = page.locator("section#by-policy a.count").first
    count = int(link.text_content())
    link.click()
    assert len(ids(page)) == count < len(everything)
    assert page.evaluate("document.activeElement.id") == "list-title"
    page.get_by_role("link", name="By object").click()
    assert page.locator("section#by-object").is_visible()
    assert not page.locator("section#by-policy").is_visible()
    assert len(ids(page)) == count
    page.go_back()
    assert page.locator("section#by-policy").is_visible()
    page.go_back()
    assert sorted(ids(page)) == sorted(everything)
    page.go_forward()
    assert len(ids(page)) == count


def test_worst_comes_first_in_every_view(opened, made_pages):
    page = opened(made_pages["manifests"])
    rows = data_rows(made_pages["manifests"])
    order = [
        "refused",
        "denied",
        "unreadable",
        "not judged",
        "warned",
        "odd",
        "noted",
        "changed",
        "ignored",
        "excluded",
        "left out",
    ]
    for view in VIEWS["manifests"]:
        page.evaluate("view => { location.hash = view }", view)
        states = [cells[0] for cells in drawn(page)]
        assert states == sorted(states, key=order.index)
        assert len(states) == len(rows)
    heads = page.locator("section#by-object thead th").all_text_contents()
    column = heads.index("Denied")
    numbers = page.eval_on_selector_all(
        "section#by-object tbody tr", "(all, n) => all.map(one => Number(one.cells[n].textContent))", column
    )
    assert numbers[1:] == sorted(numbers[1:], reverse=True)


def test_search_finds_all_words_anywhere_in_a_row(opened, made_pages):
    page = opened(made_pages["manifests"])
    search = page.get_by_role("searchbox")
    search.press_sequentially("SERVICE-00003 probes")
    rows = [
        row
        for row in data_rows(made_pages["manifests"])
        if row["name"] == "service-00003" and row["policy"] == "probes"
    ]
    assert sorted(ids(page)) == sorted(row["id"] for row in rows)
    assert page.evaluate("decodeURIComponent(location.hash)") == "#by-policy&q=SERVICE-00003 probes"
    search.fill("nothing has this")
    assert ids(page) == []
    assert page.locator("#shown").text_content() == "0 matching findings shown, of 49 in all."
    page.get_by_role("button", name="Clear all").click()
    assert matching(page) == 49
    assert search.input_value() == ""


def test_typing_is_one_step_back(opened, made_pages):
    page = opened(made_pages["manifests"])
    page.get_by_role("link", name="By namespace").click()
    page.get_by_role("searchbox").press_sequentially("team-1")
    page.go_back()
    assert page.evaluate("location.hash") == ""
    assert page.get_by_role("searchbox").input_value() == ""


def test_chips_choose_states_and_count_what_the_other_filters_leave(opened, made_pages):
    page = opened(made_pages["manifests"])
    counts = Counter(row["state"] for row in data_rows(made_pages["manifests"]))
    denied, warned = (page.locator(f'button[data-s="{state}"]') for state in ("denied", "warned"))
    assert denied.get_attribute("aria-pressed") == "false"
    denied.click()
    assert denied.get_attribute("aria-pressed") == "true"
    assert matching(page) == counts["denied"]
    warned.click()
    assert matching(page) == counts["denied"] + counts["warned"]
    assert page.evaluate("location.hash") == "#by-policy&state=denied%2Cwarned"
    denied.click()
    assert {cells[0] for cells in drawn(page)} == {"warned"}
    page.get_by_role("searchbox").fill("service-00000")
    assert int(denied.locator(".count").text_content()) == sum(
        row["name"] == "service-00000" and row["state"] == "denied" for row in data_rows(made_pages["manifests"])
    )


def test_flags_of_a_fleet(opened, made_pages):
    page = opened(made_pages["fleet"])
    rows = data_rows(made_pages["fleet"])
    page.get_by_role("button", name="not on the newest version").click()
    old = {row["id"] for row in rows if row["version"] not in ("", "v3.0.0")}
    assert set(ids(page)) == old
    assert old
    page.locator("a.count", has_text="1").first.evaluate("one => one.closest('section').id")
    for link in page.locator(".questions a.count").all():
        link.click()
        assert matching(page) == int(link.text_content())


@pytest.mark.parametrize(("column", "key"), [("Policy", 1), ("Object", 2), ("Namespace", 3)])
def test_a_head_sorts_up_and_down(opened, made_pages, column, key):
    page = opened(made_pages["manifests"])
    head = page.locator("#list thead th", has_text=column)
    assert head.get_attribute("aria-sort") == "none"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    up = [cells[key] for cells in drawn(page)]
    assert [text for text in up if text != "-"] == sorted(text for text in up if text != "-")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    down = [cells[key] for cells in drawn(page)]
    assert [text for text in down if text != "-"] == sorted((text for text in down if text != "-"), reverse=True)
    assert page.locator('#list thead th:not([aria-sort="none"])').count() == 1
    page.reload()
    assert [cells[key] for cells in drawn(page)] == down


def test_numbers_sort_as_numbers_from_the_largest(opened, made_pages):
    page = opened(made_pages["fleet"])
    page.locator("#list thead th", has_text="Would be denied").get_by_role("button").click()
    numbers = [cells[7] for cells in drawn(page)]
    known = [int(text) for text in numbers if text != "-"]
    assert known == sorted(known, reverse=True)
    assert numbers[: len(known)] == [str(number) for number in known]


def test_a_table_of_counts_sorts_too(opened, made_pages):
    page = opened(made_pages["manifests"])
    page.get_by_role("link", name="By namespace").click()
    section = page.locator("section#by-namespace")
    section.get_by_role("button", name="Namespace").click()
    names = section.locator("tbody th").all_text_contents()
    assert names == sorted(names, key=lambda name: "" if name == "(none)" else name)
    section.get_by_role("button", name="All").click()
    totals = [int(text) for text in section.locator("tbody td:last-child").all_text_contents()]
    assert totals == sorted(totals, reverse=True)
    assert "gsort=-n-" in page.evaluate("location.hash")


def test_a_link_that_was_sent_opens_the_same_rows(opened, made_pages):
    fragment = "#by-namespace&namespace=team-1&state=denied&q=service&sort=-object"
    page = opened(made_pages["manifests"], fragment)
    rows = [
        row["id"]
        for row in data_rows(made_pages["manifests"])
        if row["namespace"] == "team-1" and row["state"] == "denied" and "service" in row["name"]
    ]
    assert sorted(ids(page)) == sorted(rows) != []
    assert page.locator('nav a[aria-current="true"]').text_content() == "By namespace"
    page.get_by_role("button", name="Remove the filter namespace: team-1").click()
    assert matching(page) > len(rows)


@pytest.mark.parametrize(
    "fragment", ["#nonsense", "#by-policy&state=none-such&sort=none&x=y&=&&", "#f-0000", "#%E0%A4%A"]
)
def test_an_address_that_means_nothing_shows_everything(opened, made_pages, fragment):
    page = opened(made_pages["manifests"], fragment)
    assert matching(page) == 49


def test_a_permalink_opens_its_row_wherever_it_is(opened, made_pages):
    rows = data_rows(made_pages["large"])
    page = opened(made_pages["large"])
    for row in (rows[0], rows[9_999], rows[5_000]):
        page.goto(f"{made_pages['large'].as_uri()}#{row['id']}")
        body = page.locator(f"tbody#{row['id']}")
        assert body.locator("details").get_attribute("open") is not None
        assert row["name"] in body.locator(".more").text_content()
        assert body.evaluate(
            "one => { const at = one.getBoundingClientRect().top; return at >= 0 && at < innerHeight }"
        )
        wait(page, "document.activeElement.tagName === 'SUMMARY'")


def test_more_rows_are_drawn_when_they_are_asked_for(opened, made_pages):
    page = opened(made_pages["large"])
    assert len(ids(page)) == 500
    assert page.locator("#shown").text_content() == "500 of 10,009 findings shown."
    page.locator('button[data-s="warned"]').click()
    assert len(ids(page)) == 200
    page.get_by_role("button", name="Show 200 more").click()
    assert len(ids(page)) == len(set(ids(page))) == 400
    page.get_by_role("link", name="By object").click()
    section = page.locator("section#by-object")
    assert section.locator("tbody tr").count() == 200
    section.get_by_role("button", name="Show more").click()
    assert section.locator("tbody tr").count() == 400
