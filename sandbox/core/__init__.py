# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What every resource provider of the sandbox is built of."""
