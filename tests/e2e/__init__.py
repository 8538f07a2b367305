# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The real az with the built wheel, against the live sandbox."""
