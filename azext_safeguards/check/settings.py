# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a check is done against: which policies act and how, their parameters, and the namespaces left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from azext_safeguards.check.findings import Effect


@dataclass(frozen=True)
class Settings:
    """What the engine needs to know; plain values only, so that worker processes can be told."""

    effects: Mapping[str, Effect]
    """Short name -> deny or warn, for the policies that would say anything."""

    mutations: tuple[str, ...] = ()
    """Short names of the mutations at work."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    """The initiative's parameters by name, with defaults filled in."""

    excluded_namespaces: tuple[str, ...] = ()
    """Names and Gatekeeper globs, the system's among them."""

    default_namespace: str = "default"
    """Where an object goes that names no namespace."""

    want_diffs: bool = False
    """Whether what mutations change is to be shown."""

    want_objects: bool = False
    """Whether all objects are to be remembered, those too of which nothing is said."""

    mutators: tuple[str, ...] = ()
    """Names of AKS's own mutators at work, which change objects before they are validated."""

    admission: Mapping[str, Effect] = field(default_factory=dict)
    """Name -> deny or warn, for AKS's own admission policies, which are asked before all others."""

    def as_plain(self) -> dict[str, Any]:
        """Dicts, lists and scalars only."""
        return {
            **asdict(self),
            "effects": dict(self.effects),
            "parameters": dict(self.parameters),
            "admission": dict(self.admission),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Settings:
        """The inverse of `as_plain`."""
        values = {**plain}
        for name in ("mutations", "mutators", "excluded_namespaces"):
            values[name] = tuple(values[name])
        return cls(**values)
