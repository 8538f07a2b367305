# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where manifests come from: files, folders, globs, standard input, Kustomize folders and Helm charts."""
