# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The sandbox as a Python object: start it, seed it, look at what was sent."""

from __future__ import annotations

import shutil
import ssl
import tempfile
from pathlib import Path
from types import TracebackType

from sandbox import environment
from sandbox.control import Control
from sandbox.front import gateway
from sandbox.front.certificates import Certificates
from sandbox.front.proxy import Proxy
from sandbox.world import World


class Sandbox(World):
    """A local Azure Resource Manager. Use it as a context manager: it listens inside the block."""

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._proxy: Proxy | None = None
        self._bundle: Path | None = None
        self._listen: tuple[ssl.SSLContext, bytes] | None = None
        self.control = Control(self)

    def __enter__(self) -> Sandbox:
        self._folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
        certificates = Certificates(self._folder, gateway.ALL_HOSTS)
        self._bundle = certificates.bundle
        self._proxy = Proxy(certificates.context, gateway.serves, self.answer, self.control.answer, self._refuse)
        self._proxy.start()
        self._listen = (certificates.context, certificates.bundle.read_bytes())
        self.backends.api_servers.listen_with(*self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backends.api_servers.stop()
        if self._proxy is not None:
            self._proxy.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def reset(self) -> None:
        """Go back to the fresh state; the port and the certificate stay, those of clusters go with them."""
        super().reset()
        if self._listen is not None:
            self.backends.api_servers.listen_with(*self._listen)

    # Where it is and how to get in

    @property
    def port(self) -> int:
        """The port on 127.0.0.1. Raises RuntimeError outside the `with` block."""
        if self._proxy is None:
            raise RuntimeError("the sandbox is not running: use it as a context manager")
        return self._proxy.port

    @property
    def proxy_url(self) -> str:
        """The address for HTTPS_PROXY."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ca_bundle(self) -> Path:
        """The certificate file to trust."""
        if self._bundle is None:
            raise RuntimeError("the sandbox is not running: use it as a context manager")
        return self._bundle

    def environment(self, config_dir: str | Path, extension_dir: str | Path | None = None) -> dict[str, str]:
        """Return the complete environment in which az talks to this sandbox only, with its own configuration."""
        extensions = Path(extension_dir) if extension_dir is not None else None
        return environment.build(self.proxy_url, self.ca_bundle, Path(config_dir), extensions)

    def log_in(self, config_dir: str | Path, az: str = "az", extension_dir: str | Path | None = None) -> None:
        """Run `az login --service-principal` once. Raises subprocess.CalledProcessError with az's own words."""
        environment.log_in(Path(config_dir), self.backends.principal, az, self.environment(config_dir, extension_dir))

    def write_login(self, config_dir: str | Path, cloud: str = "AzureCloud") -> None:
        """Leave behind what log_in leaves, in a millisecond and without az."""
        environment.write_login(Path(config_dir), self.backends.principal, self.backends.subscription_names, cloud)

    def sdk_sign_in(self) -> dict[str, str]:
        """Return the variables by which azure-identity signs in here."""
        return environment.sdk_sign_in(self.backends.principal, self.subscription_id)

    def _refuse(self, target: str, method: str) -> None:
        self.refused_hosts.append(target)
