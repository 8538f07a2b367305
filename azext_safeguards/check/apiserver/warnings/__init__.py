# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server warns of though it takes the object: `Warning:` lines that are no policy's.

Sources: kubernetes/kubernetes 1.34, pkg/api/*/warnings.go, `WarningsOnCreate` of pkg/registry, and the lifecycles in
kubernetes/api. Texts and their order are those of that version; an older one has fewer of them.
"""
