# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A throw-away certificate authority: made at start, never stored beyond the sandbox's own folder."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme


class Certificates:
    """One authority and one server certificate that is good for every host the sandbox plays."""

    def __init__(self, folder: Path, hosts: Iterable[str]) -> None:
        authority = trustme.CA(organization_name="sandbox")
        self.bundle = folder / "ca.pem"
        """The file to name in REQUESTS_CA_BUNDLE. It holds nothing else: no other certificate is trusted."""
        authority.cert_pem.write_to_path(str(self.bundle))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*hosts).configure_cert(self.context)
        self.context.set_alpn_protocols(["http/1.1"])
