# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server demands of an object beyond its types.

Rules and texts are those of kubernetes/kubernetes, pkg/apis/*/validation, in the order in which they are checked there.
Not all of them are here: what is not checked is taken, for a refusal of a good object is worse than one that is missed.
"""
