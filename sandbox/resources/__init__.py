# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Microsoft.Resources: tenants, subscriptions, resource groups, provider registration."""
