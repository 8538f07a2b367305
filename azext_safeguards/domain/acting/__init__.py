# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster, as one value, whether an assignment of ours says so or AKS's managed resource."""
