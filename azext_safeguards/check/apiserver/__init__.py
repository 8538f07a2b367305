# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server does with an object before any policy sees it: reads, decodes, fills in, validates.

Pure functions on plain JSON values. The order of things and most texts were seen with kube-apiserver 1.34; where a rule
is from kubernetes/kubernetes its file is named.
"""

from azext_safeguards.check.apiserver.receiving import Received, receive
from azext_safeguards.check.apiserver.refusals import Refusal

__all__ = ["Received", "Refusal", "receive"]
