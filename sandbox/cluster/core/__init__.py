# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What everything about a cluster rests on: kinds, types, the store, requests and failures."""
