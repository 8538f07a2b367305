# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Who owns which field of an object: managedFields and server-side apply."""
