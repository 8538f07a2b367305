# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the extension does, played by the real az against the sandbox: `make demo`."""
