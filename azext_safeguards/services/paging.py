# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pages of a list: how many there can be, and when they go round in circles."""

from __future__ import annotations

from typing import Any

from azext_safeguards.domain.shapes import Shape, anything, list_of, map_of, number, record, text
from azext_safeguards.services.answers import UnusableAnswerError, shaped

# A page holds up to 1,000 elements, so that these are far more than a cluster, a subscription or a tenant has.
MOST_PAGES = 1000
# A filter may leave single pages empty.
_MOST_EMPTY = 20

_PAGE = record({"value": list_of(map_of(anything)), "nextLink": text, "@odata.nextLink": text}, required=("value",))
_GRAPH_PAGE = record(
    {"data": list_of(map_of(anything)), "$skipToken": text, "totalRecords": number}, required=("data",)
)


class Pages:
    """Looks at the pages of one list, in their order, and ends what would never end.

    :param what: what is listed, for what is said.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._links: set[str] = set()
        self._last: list[Any] = []
        self._count = self._empty = 0

    def elements(
        self, page: dict[str, Any], elements_shape: Shape = _PAGE, member: str = "value"
    ) -> list[dict[str, Any]]:
        """The elements of a page.

        :raises UnusableAnswerError: when it is no page of a list, or the pages have no end.
        """
        found: list[dict[str, Any]] = shaped(page, elements_shape, f"A page of {self._what}")[member]
        self._count += 1
        self._empty = 0 if found else self._empty + 1
        if self._count > MOST_PAGES or self._empty > _MOST_EMPTY:
            pages = f"{self._count} pages" if self._count > MOST_PAGES else f"{self._empty} empty pages in a row"
            raise UnusableAnswerError(f"The list of {self._what} has no end: it was given up after {pages}.")
        if found and found == self._last:
            raise UnusableAnswerError(f"The list of {self._what} has no end: its next page says the same again.")
        self._last = found
        return found

    def rows(self, page: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a page of Resource Graph; errors as `elements`."""
        return self.elements(page, _GRAPH_PAGE, "data")

    def next(self, link: str | None) -> str:
        """The link or token of the next page; empty where there is none.

        :raises UnusableAnswerError: when it was followed before.
        """
        if not link:
            return ""
        if link in self._links:
            raise UnusableAnswerError(f"The list of {self._what} has no end: it named the same next page twice.")
        self._links.add(link)
        return link
