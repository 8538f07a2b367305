# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.no_latest_tag import POLICY
from tests.unit.check.policies.table import Case, containers, table

REASON = (
    "in Kubernetes is a best practice to ensure reproducibility, prevent unintended updates, and facilitate easier "
    "debugging and rollbacks by using explicit and versioned container images."
)


def untagged(key="containers"):
    text = f"Please specify an explicit version such as '1.0'. Using the latest tag for container a {REASON}"
    return [(text, ("spec", key, 0, "image"))]


def image(name):
    return containers(f"{{name: a, image: '{name}'}}")


test_no_latest_tag = table(
    POLICY,
    {},
    [
        Case("tagged", image("nginx:1.25")),
        Case("untagged", image("nginx"), untagged()),
        Case("latest", image("nginx:latest"), untagged()),
        Case("digest", image("nginx@sha256:0123")),
        Case("latest of another registry", image("registry:5000/app:latest"), untagged()),
        Case("the port of a registry is no tag", image("registry:5000/app"), untagged()),
        Case("a tag that begins with latest", image("app:latest-alpine")),
        Case("a tag that goes on", image("app:latest2")),
        Case("latest and digest", image("app:latest@sha256:0123")),
        Case("case counts", image("app:LATEST")),
        Case("no image", containers("{name: a}")),
        Case("init container", containers("{name: a, image: x}", key="initContainers"), untagged("initContainers")),
        Case("ephemeral", containers("{name: a, image: x}", key="ephemeralContainers")),
    ],
)
