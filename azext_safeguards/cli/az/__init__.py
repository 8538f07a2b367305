# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All that knows az's and knack's internals."""
