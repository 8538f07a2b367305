# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pages: values in, one self-contained HTML file out."""
