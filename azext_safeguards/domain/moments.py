# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Times as Azure writes them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?")


def parse_time(text: Any) -> datetime | None:
    """A time in UTC, from ISO 8601 with up to seven decimals and a Z; to the microsecond. None for what is no time."""
    match = _ISO.fullmatch(str(text or ""))
    if not match:
        return None
    zone = "+00:00" if match[3] in (None, "Z") else match[3]
    try:
        return datetime.fromisoformat(f"{match[1]}.{(match[2] or '')[:6]:0<6}{zone}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        # A 13th month, a year out of range.
        return None
