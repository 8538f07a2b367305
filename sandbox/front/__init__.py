# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The way in: an HTTPS proxy that serves the hosts of Azure."""
