# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is found for files that are alike is what is found for each of them."""

from __future__ import annotations

import marshal
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.judging import alike as module
from azext_safeguards.check.judging.alike import Alike
from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import check_file, plain
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from tests.facts.cluster import answers

PARAMETERS = {
    "cpuLimit": "1",
    "memoryLimit": "1Gi",
    "labels": ["kubernetes.azure.com"],
    "reservedTaints": ["CriticalAddonsOnly"],
    "requiredProbes": ["readinessProbe", "livenessProbe"],
    "allowedContainerImagesRegex": ".*",
}
EFFECTS = dict.fromkeys(sorted(NAMES), "deny")
MUTATIONS = ("mutate-cpu-limits", "mutate-memory-limits", "mutate-max-unavailable", "mutate-read-only-root")
SETTINGS = {
    "as they are": Settings(EFFECTS, MUTATIONS, PARAMETERS, ("kube-system",)),
    "nothing is mutated": Settings(EFFECTS, (), PARAMETERS, ("kube-system", "team-*", "*-dev")),
    "images are told apart": Settings(
        EFFECTS,
        (),
        {
            **PARAMETERS,
            "allowedContainerImagesRegex": r"-\d[0-4]:|^x/app",
            "excludedImages": ["x/web-1*", "x/db-12:1"],
        },
    ),
    "containers are left out": Settings(
        EFFECTS, (), {**PARAMETERS, "excludedContainers": ["web-12", "myapp-11-sidecar"]}
    ),
    "labels are told apart": Settings(EFFECTS, (), {**PARAMETERS, "labels": [r"web-1\d"]}),
    "half names are excluded": Settings(EFFECTS, (), PARAMETERS, ("te*", "*2", "*-dev-*", "*-1*", "crew-3")),
    "differences are shown": Settings(EFFECTS, MUTATIONS, PARAMETERS, want_diffs=True),
}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {space}
  labels: {{app: {name}, tier: x}}
  annotations:
    ignore-safeguards.aks/{ignored}: "known to {space}"
spec:
  replicas: {count}
  selector: {{matchLabels: {{app: {selected}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {container}
          image: x/{image}:{tag}
          resources:
            limits: {{cpu: {cpu}, {resource}: 1}}
          readinessProbe: {{httpGet: {{path: /{name}, port: {port}}}}}
          securityContext: {{seccompProfile: {{type: {profile}, localhostProfile: {name}/x.json}}}}
          volumeMounts: [{{name: {volume}, mountPath: /x}}]
      volumes: [{{name: data-{name}, emptyDir: {{}}}}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {space}
spec:
  selector: {{app: {selected}, {key}: x}}
  ports: [{{port: {count}, name: {port}}}]
"""
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {name}
  namespace: {space}
spec:
  minAvailable: {count}
  selector: {{matchLabels: {{app: {name}}}}}
"""
CUSTOM = """\
apiVersion: {name}.example.com/v1
kind: Thing
metadata:
  name: {name}
  namespace: {space}
spec: {{x: {image}}}
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\nstringData: {{x: {name}}}\ndata: {{y: {name}}}\n"
TEXTS = (DEPLOYMENT, SERVICE, BUDGET, CUSTOM, SECRET, DEPLOYMENT + "---\n" + SERVICE, BUDGET + "---\n" + DEPLOYMENT)

WORDS = ("web", "db", "app", "team", "te", "aks", "hugepages", "kube", "localhost", "x", "my-app", "web-dev")
# Words that are as long.
ALIKE = (("web", "app", "aks"), ("shop", "team", "kube"), ("hugepages", "localhost", "warehouse"))
ENDS = ("", "-a", "-dev", "-dev-1", "-prd-1")
names = st.builds("{}-{}{}".format, st.sampled_from(WORDS), st.integers(0, 25), st.sampled_from(ENDS)) | st.builds(
    "{}{}{}".format, st.sampled_from(WORDS), st.sampled_from(("7", "-b", "4-x9", "-to", "a1")), st.sampled_from(ENDS)
)
# What another part of a manifest is made of the name.
DERIVED = ("{name}", "{name}-sidecar", "my{name}", "{space}", "other", "{name}2", "requests.{name}", "UPPER-{name}")


PLAIN = {
    **{"selected": "{name}", "container": "web", "image": "{name}", "tag": "1.0", "port": "http", "key": "tier"},
    **{"volume": "data-{name}", "resource": "memory", "profile": "Localhost", "ignored": "probes"},
    **{"cpu": "500m", "count": "2"},
}
# Fields with values of their own; the others take what is derived from names.
ODD = {
    "resource": ("{name}", "x.io/{name}", "requests.{name}", "requests.x.io/{name}", "hugepages-{name}"),
    "tag": ("latest", "{name}"),
    "profile": ("RuntimeDefault", "{name}"),
    "ignored": ("{name}", "no-latest-tag"),
    "cpu": ("2", "1.{name}"),
    "count": ("1", "80"),
}


# Names that are as long and have digits in the same places, of several kinds.
KINDS = [
    st.builds("{}-{}".format, st.sampled_from(words), st.integers(10, 25))
    | st.builds("{}{}".format, st.sampled_from(words), st.integers(10, 25))
    | st.builds("{}-{}{}".format, st.sampled_from(words), st.sampled_from("abc"), st.sampled_from("xyz"))
    for words in ALIKE
]
# A name may be a part of another one.
RELATIONS = (
    ("{0}", "{1}"),
    ("{0}-{1}", "{1}"),
    ("{0}", "{0}-{1}"),
    ("{0}", "{0}-pod"),
    ("{0}", "x{0}"),
    ("{0}", "{0}"),
)


@st.composite
def files(draw):
    """Some files that are alike, or nearly: one form with different names, and a field that is odd."""
    text = draw(st.sampled_from(TEXTS))
    odd = draw(st.sampled_from(sorted(PLAIN)))
    fields = {**PLAIN, odd: draw(st.sampled_from(ODD.get(odd, DERIVED)))}
    relation, alike, others = draw(st.sampled_from(RELATIONS)), draw(st.sampled_from(KINDS)), draw(st.booleans())
    made = []
    for _ in range(draw(st.integers(3, 8))):
        both = draw(alike | names if others else alike), draw(alike)
        name, space = (part.format(*both) for part in relation)
        whole = {key: value.format(name=name, space=space) for key, value in fields.items()}
        made.append(text.format(name=name, space=space, **whole).encode())
    return made


def source(content, number=0, **fields):
    return Source(f"{number}.yaml", "", len(content), content, **fields)


def assert_the_same(settings, contents):
    engine = Engine(settings)
    alike = Alike(engine, settings)
    for number, content in enumerate(contents):
        one = source(content, number)
        assert marshal.loads(alike.check(one)) == plain(check_file(engine, one)), content.decode()
    return alike


@given(files(), st.sampled_from(sorted(SETTINGS)))
def test_files_that_are_alike(contents, which):
    assert_the_same(SETTINGS[which], contents)


def forms(count):
    """Files of a few forms, with names that are as long."""
    chosen = random.Random(1)
    for number in range(count):
        name, space = f"shop-{number + 100}", f"crew-{number % 9}"
        whole = {key: value.format(name=name, space=space) for key, value in PLAIN.items()}
        whole["tag"] = chosen.choice(["latest", "1.0"])
        yield (TEXTS[number % len(TEXTS)].format(name=name, space=space, **whole).encode())


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "which", ["as they are", "nothing is mutated", "images are told apart", "half names are excluded"]
)
def test_most_files_are_not_judged(which):
    alike = assert_the_same(SETTINGS[which], forms(300))
    assert alike.taken_over > 100


@pytest.mark.parametrize("which", ["labels are told apart", "differences are shown"])
def test_nothing_is_taken_over_where_names_may_matter(which):
    alike = assert_the_same(SETTINGS[which], forms(40))
    assert alike.taken_over == 0


def test_what_never_comes_again_is_not_kept(monkeypatch):
    contents = [content + b"# " + str(number).encode() for number, content in enumerate(forms(60))]
    monkeypatch.setattr(module, "_MOST_KNOWN_BYTES", 10_000)
    assert len(assert_the_same(SETTINGS["as they are"], contents)._forms) <= 10
    monkeypatch.setattr(module, "_TRIAL", 20)
    alike = assert_the_same(SETTINGS["as they are"], contents)
    assert (alike.looked_at, alike._forms) == (20, {})


def test_bytes_that_are_no_text_are_no_names():
    (first, *_) = forms(1)
    names = [b"\xf8\xf9", b"\xf8", b"shop-101"]
    alike = assert_the_same(
        SETTINGS["as they are"], [first, first, *(first.replace(b"shop-100", name, 1) for name in names)]
    )
    assert alike.taken_over == 0


def test_a_part_of_a_file_and_a_template_are_judged_by_themselves():
    settings = SETTINGS["as they are"]
    engine = Engine(settings)
    alike = Alike(engine, settings)
    (content,) = forms(1)
    for fields in ({"lines_before": 3}, {"has_lines": False}, {"is_continued": True}, {}):
        one = source(content, **fields)
        for _ in range(3):
            assert marshal.loads(alike.check(one)) == plain(check_file(engine, one))
    assert alike.taken_over == 1


def made(text, names, **fields):
    """Files of one form, one for each name."""
    for name in names:
        whole = {key: value.format(name=name, space="crew-1") for key, value in {**PLAIN, **fields}.items()}
        yield text.format(name=name, space="crew-1", **whole).encode()


def test_images_that_a_pattern_tells_apart():
    # Of these shop-10 to shop-14 are allowed.
    names = [f"shop-{number}" for number in range(10, 30)]
    alike = assert_the_same(SETTINGS["images are told apart"], made(DEPLOYMENT, names))
    assert alike.taken_over > 10
    assert_the_same(SETTINGS["images are told apart"], made(DEPLOYMENT.replace("image: x/", "image: &i x/"), names))
    assert_the_same(SETTINGS["images are told apart"], made(DEPLOYMENT.replace("- name: web", "- {name: web}"), names))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        # A refusal quotes a name, perhaps half of it; the order of a selector's keys is that of the alphabet.
        (DEPLOYMENT, {"cpu": "1.{name}"}),
        (DEPLOYMENT, {"selected": "other-and-so-on-and-so-on-and-so-on-{name}"}),
        (SERVICE, {"key": "{name}"}),
        (SERVICE, {"key": "'{name} x'"}),
        (SECRET, {}),
        ("a: [\n---\n" + BUDGET, {}),
    ],
)
def test_what_quotes_or_orders_names_is_judged_by_itself(text, fields):
    alike = assert_the_same(
        SETTINGS["as they are"], made(text, [f"shop-{number}" for number in range(10, 20)], **fields)
    )
    assert alike.taken_over == 0


LISTED = """\
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {{{metadata}}}
    spec: {{selector: {{app: x}}, ports: [{{port: 0}}]}}
---
"""


@pytest.mark.parametrize(
    ("metadata", "excluded"),
    [
        # A namespace that is more than the name: half of it, or a letter more, may be what is excluded.
        ("name: a, namespace: foo-{name}", ("foo-shop-1*",)),
        ("name: a, namespace: x{name}", ("xshop-15", "xsh*")),
        ("name: a, namespace: &n x-{name}, labels: {{a: *n}}", ("x-shop-1*",)),
        ('name: a, namespace: "\\x73hop-15"', ("shop-15",)),
        ('"namespace": foo-{name}, name: a', ("*-15",)),
    ],
)
def test_namespaces_that_have_a_name_in_them(metadata, excluded):
    text = LISTED.format(metadata=metadata.replace("{name}", "NAME")).replace("NAME", "{name}")
    text = text.replace("port: 0", "port: 80").replace("{", "{{").replace("}", "}}").replace("{{name}}", "{name}")
    settings = Settings(EFFECTS, (), PARAMETERS, excluded)
    assert_the_same(settings, made(text + DEPLOYMENT, [f"shop-{number}" for number in range(10, 20)]))


@pytest.mark.parametrize(
    "line",
    [
        # The label of the Pods is the name in other words for one of the files only.
        '"\\x73hop-15"',
        "!!binary c2hvcC0xNQ==",
        '"sh\\\n      op-15"',
    ],
)
def test_a_name_in_other_words(line):
    text = DEPLOYMENT.replace("{{matchLabels: {{app: {selected}}}}}", "\n    matchLabels:\n      app: " + line)
    assert_the_same(SETTINGS["as they are"], made(text, [f"shop-{number}" for number in range(10, 20)]))


def test_the_second_file_of_a_form_is_judged_and_has_a_say(monkeypatch):
    # As if something depended on a name that nobody has thought of.
    def judged(engine, one, content=None):
        result = check_file(engine, one, content)
        return result._replace(notes=["shop-1 and more"] if b"shop-11" in one.content else [])

    monkeypatch.setattr(module, "check_file", judged)
    settings = SETTINGS["as they are"]
    engine = Engine(settings)
    alike = Alike(engine, settings)
    for content in made(DEPLOYMENT, [f"shop-{number}" for number in range(10, 20)]):
        one = source(content)
        assert marshal.loads(alike.check(one)) == plain(judged(engine, one))
    assert alike.taken_over == 0


RENAMED = re.compile(r"^  name(?:space)?: ([a-z][a-z0-9-]*)$", re.MULTILINE)


def variants(manifest):
    """A recorded manifest under other names, most of which are as long; with numbers, or there is nothing to see."""
    yield manifest.encode()
    for number, word in enumerate(("shop", "team", "shop", "prod", "default", "kube", "app", "shop", "crew", "web")):
        text = manifest
        for index, name in enumerate(dict.fromkeys(RENAMED.findall(manifest))):
            text = text.replace(name, f"{word}-{index}{number}")
        yield text.encode()


@pytest.mark.exhaustive
@pytest.mark.parametrize("which", ["as they are", "half names are excluded", "images are told apart"])
def test_recorded_manifests_under_many_names(which):
    alike = assert_the_same(SETTINGS[which], (one for answer in answers() for one in variants(answer.manifest)))
    assert alike.taken_over > 200
