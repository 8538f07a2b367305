# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Sign-in: hands out tokens to whoever asks."""
