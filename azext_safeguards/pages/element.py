# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Elements of HTML. All text is escaped when it is written; there is no way to put in markup, code or a foreign link.

What a page shows comes from manifests and services, so nothing of it may act: element and attribute names come from
short lists without anything that runs or loads, and an address is https, a place in the page or a page beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Union

Child = Union[str, "Element", None, Iterable["Child"]]
Attribute = str | int | bool | None

_VOID = frozenset({"br", "col", "input", "meta"})
_ELEMENTS = (
    "a bdi body button caption code colgroup dd details div dl dt footer h1 h2 head header html label li main nav p "
    "pre rect section span strong summary svg table tbody td template th thead time title tr ul"
)
_NAMED = (
    "aria-current aria-label aria-labelledby aria-pressed aria-sort autocomplete charset class colspan content data-b "
    "data-f data-k data-n data-s data-v datetime fill for height hidden href http-equiv id lang name "
    "preserveAspectRatio rel role scope spellcheck tabindex type viewBox width x y"
)
_NAMES = _VOID | frozenset(_ELEMENTS.split())
_ATTRIBUTES = frozenset(_NAMED.split())
_HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:[/?#][!-~]*)?\Z")
_IN_PAGE = re.compile(r"#[!-~]*\Z")
_BESIDE = re.compile(
    r"(?:\.\./){0,3}(?:[A-Za-z0-9%_-][A-Za-z0-9%._-]*/){0,16}[A-Za-z0-9_-][A-Za-z0-9._-]*\.html(?:#[!-~]*)?\Z"
)

# Controls and what turns the direction of text around or is not seen at all; HTML forbids some of the first, and UTF-8
# has no lone surrogates. Line breaks and tabs stay: patches have them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_SPECIAL = re.compile("[&<>\"']")
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


class Element:
    """An element with its attributes and children; made by `el`."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: dict[str, Attribute], children: tuple[Child, ...]) -> None:
        self.name = name
        self.attributes = attributes
        self.children = children

    def __str__(self) -> str:
        return "".join(_pieces(self))


def el(name: str, /, *children: Child, **attributes: Attribute) -> Element:
    """An element.

    :param children: texts, elements, iterables of such; None is nothing.
    :param attributes: `_` stands for `-`, and one at the end for nothing (`class_`); True is an attribute without a
        value, False and None are none.
    :raises ValueError: for an element, an attribute or an address that no page of ours may have.
    """
    if name not in _NAMES:
        raise ValueError(f"no element of a page: {name}")
    named: dict[str, Attribute] = {}
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if attribute not in _ATTRIBUTES:
            raise ValueError(f"no attribute of a page: {attribute}")
        if value is None or value is False:
            continue
        if attribute == "href" and not is_address(str(value)):
            raise ValueError(f"no address of a page: {value}")
        named[attribute] = value
    return Element(name, named, children)


def is_address(address: str) -> bool:
    """Whether a page may link to it: https, `#` with a place in the page, or a page in a folder near by."""
    return bool(_HTTPS.match(address) or _IN_PAGE.match(address) or _BESIDE.match(address))


def link(text: Child, address: str, **attributes: Attribute) -> Child:
    """A link; the text alone where the address is none that a page may link to."""
    if not is_address(address):
        return text
    rel = "noreferrer" if address.startswith("https:") else None
    return el("a", text, href=address, rel=rel, **attributes)


def visible(text: str) -> str:
    """The text with its unseen characters as Python would write them."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_escaped, text)


def escape(text: str) -> str:
    """The text as HTML has it, also between double quotes."""
    return _SPECIAL.sub(lambda found: _REFERENCES[found[0]], visible(text))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _pieces(child: Child) -> Iterator[str]:
    if child is None:
        return
    if isinstance(child, str):
        yield escape(child)
    elif isinstance(child, Element):
        attributes = "".join(
            f" {name}" if value is True else f' {name}="{escape(str(value))}"'
            for name, value in child.attributes.items()
        )
        yield f"<{child.name}{attributes}>"
        for inner in child.children:
            yield from _pieces(inner)
        if child.name not in _VOID:
            yield f"</{child.name}>"
    else:
        for inner in child:
            yield from _pieces(inner)
