# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.allowed_images import POLICY
from tests.unit.check.policies.table import Case, containers, table


def says(image, key="containers", name="a", index=0):
    text = f"Container image {image} for container {name} has not been allowed."
    return (text, ("spec", key, index, "image"))


NGINX = containers("{name: a, image: nginx}")


def regex(pattern, **more):
    return {"allowedContainerImagesRegex": pattern, **more}


test_allowed_images = table(
    POLICY,
    regex(r"^myregistry\.azurecr\.io/.+$"),
    [
        Case("allowed", containers("{name: a, image: 'myregistry.azurecr.io/x:1'}")),
        Case("other registry", NGINX, [says("nginx")]),
        Case(
            "dots are escaped",
            containers("{name: a, image: myregistryXazurecr.io/x}"),
            [says("myregistryXazurecr.io/x")],
        ),
        Case("anything", NGINX, parameters=regex(".*")),
        Case("anywhere", NGINX, parameters=regex("gin")),
        Case("case counts", NGINX, [says("nginx")], regex("NGINX")),
        Case("unless told", NGINX, parameters=regex("(?i)NGINX")),
        Case("dollar is the very end", containers('{name: a, image: "nginx\\n"}'), [says("nginx\n")], regex("^nginx$")),
        Case("a pattern that RE2 refuses allows nothing", NGINX, [says("nginx")], regex("(?=n)")),
        Case("no pattern", NGINX, parameters=regex(None)),
        Case("a Pod without spec", "spec: text"),
        Case(
            "all kinds of containers",
            "spec: {containers: [{name: a, image: x}], initContainers: [{name: a, image: y}],"
            " ephemeralContainers: [{name: a, image: z}]}",
            [says("x"), says("y", "initContainers"), says("z", "ephemeralContainers")],
        ),
        Case("excluded name", NGINX, parameters={"excludedContainers": ["a"]}),
        Case("images are not excluded", NGINX, [says("nginx")], {"excludedImages": ["nginx"]}),
        Case("no image", containers("{name: a}")),
        Case("a number is never allowed", containers("{name: a, image: 5}"), [says("5")], regex(".*")),
    ],
)
