# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
