# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Talks to Azure Resource Manager; takes a ready client, so that it serves az, scripts and tests alike."""
