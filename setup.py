#!/usr/bin/env python
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Packaging of the extension; az installs the wheel with `az extension add --source`."""

from pathlib import Path

from setuptools import find_packages, setup

VERSION = "0.1.0"

HERE = Path(__file__).parent

setup(
    name="safeguards",
    version=VERSION,
    description="Azure CLI extension: deployment safeguards flags for az aks create and az aks update.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8")
    + "\n\n"
    + (HERE / "HISTORY.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    author="the safeguards contributors",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
    ],
    python_requires=">=3.10",
    packages=find_packages(include=["azext_safeguards", "azext_safeguards.*"]),
    # Everything that it imports comes with azure-cli, so the wheel depends on nothing.
    install_requires=[],
    package_data={
        "azext_safeguards": ["azext_metadata.json", "py.typed"],
        "azext_safeguards.check.apiserver": ["types.json"],
        "azext_safeguards.domain.initiative": ["data/*.json"],
        "azext_safeguards.domain.re2": ["*.json"],
    },
)
