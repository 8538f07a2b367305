# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Text is text, whatever it holds, and an address leads to https or stays here."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.pages.element import el, is_address, link, visible
from tests.unit.pages.made import HOSTILE

TEXTS = st.one_of(st.text(), st.sampled_from(HOSTILE), st.text(alphabet="<>&\"'/=!-- \n\tascript"))


class _Read(HTMLParser):
    """What a reader of HTML sees."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@given(TEXTS, TEXTS)
def test_text_and_attributes_are_read_as_they_were_written(text, attribute):
    read = _Read(str(el("p", text, el("span", text), aria_label=attribute)))
    assert [tag for tag, _ in read.tags] == ["p", "span"]
    assert read.text == visible(text) * 2
    assert read.tags[0][1] == {"aria-label": visible(attribute)}


@given(TEXTS)
def test_all_that_is_written_is_utf8_without_controls(text):
    html = str(el("p", text))
    html.encode("utf-8")
    assert not any(ord(char) < 32 and char not in "\n\t" for char in html)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb", "a\\x0d\nb"),
        ("\u0645\u062d", "\u0645\u062d"),
        ("##vso[task]", "##vso[task]"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_is_not_seen_is_shown(text, seen):
    assert visible(text) == seen


@pytest.mark.parametrize("name", ["script", "style", "iframe", "object", "form", "img", "base", "link", "p onclick=x"])
def test_nothing_that_runs_or_loads_can_be_made(name):
    with pytest.raises(ValueError, match="no element"):
        el(name)


@pytest.mark.parametrize("name", ["onclick", "style", "src", "srcdoc", "formaction", "xlink_href", "a b"])
def test_no_attribute_that_runs_or_loads_can_be_set(name):
    with pytest.raises(ValueError, match="no attribute"):
        el("p", **{name: "x"})


@pytest.mark.parametrize(
    "address",
    [
        "https://learn.microsoft.com/a?b=c#d",
        "#by-policy&policy=probes",
        "clusters/aks-1.html",
        "../a%20b/x.html#rows",
        "a.html",
    ],
)
def test_addresses_that_a_page_may_have(address):
    assert is_address(address)
    assert f'href="{address.replace("&", "&amp;")}"' in str(link("x", address))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1).html",
        "data:text/html,x.html",
        "http://example.org/",
        "//example.org/x.html",
        "/x.html",
        "https://",
        "https://a b/",
        "https://user@example.org/",
        "https://example.org/\nx",
        "\\\\host\\x.html",
        "../../../../x.html",
        "x.html\n",
        "",
    ],
)
def test_other_addresses_are_text(address):
    assert not is_address(address)
    assert link("x", address) == "x"
    with pytest.raises(ValueError, match="no address"):
        el("a", "x", href=address)


def test_attributes_without_value_and_none():
    html = str(el("input", type="search", hidden=True, id=None, autocomplete=False, tabindex=-1))
    assert html == '<input type="search" hidden tabindex="-1">'
