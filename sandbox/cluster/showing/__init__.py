# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists as people read them: what `kubectl get` prints is made by the server."""
