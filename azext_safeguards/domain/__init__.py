# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pure values and rules of deployment safeguards: no knack, no HTTP, no clock."""
