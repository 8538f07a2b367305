# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The Pod Security members of initiative 3.0.0; `domain/initiative/pod_security.py` says what a level is made of."""
