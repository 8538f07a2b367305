# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where manifests come from: files, folders, globs, standard input, Kustomize folders and Helm charts."""

from azext_safeguards.check.sources.find import STDIN, find_sources
from azext_safeguards.check.sources.source import Source, unopened

__all__ = ["STDIN", "Source", "find_sources", "unopened"]
