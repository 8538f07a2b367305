# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server does with an object before any policy sees it: reads, decodes, fills in, validates.

Pure functions on plain JSON values. The order of things and most texts were seen with kube-apiserver 1.34; where a rule
is from kubernetes/kubernetes its file is named.

Imports nothing: most runs meet plain objects alone, and need no more than `plain`.
"""
