#!/usr/bin/env python
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Packaging of the extension, which az installs with `az extension add --source`; its name is in pyproject.toml."""

from setuptools import find_packages, setup

setup(
    packages=find_packages(include=["azext_safeguards", "azext_safeguards.*"]),
    # Whatever a package reads at run time, wherever it lies.
    package_data={"": ["*.json", "*.css", "*.js", "py.typed", "data/*.json"]},
)
