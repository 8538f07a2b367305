# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects as most are: decoded, filled in and found to be valid, with nothing to warn of, in one pass.

The same as `decoding`, `defaults`, `validation` and `warnings` one after the other, for what it takes. Whatever is not
known here, or only might be wrong, raises `Doubt`: then they have a look, word by word, and tell what there is to be
told. A test holds the two against each other.

Each function takes a value as it stands in a manifest, and returns it as it comes out of the API server; what is
returned may share values with the manifest and with other objects, which nobody may change.
"""

from azext_safeguards.check.apiserver.plain.kinds import plain, plain_again

__all__ = ["plain", "plain_again"]
