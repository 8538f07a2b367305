# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.namespaces import (
    NamespaceEdit,
    all_excluded,
    is_namespace_pattern,
    named_namespaces,
    one_list,
    parse_namespaces,
    user_part,
)

LABELS = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("   ", ()),
        ("a", ("a",)),
        ("a,b", ("a", "b")),
        ("b,a", ("b", "a")),
        (" a , b ", ("a", "b")),
        ("a,b,a", ("a", "b")),
        ("team-*,*-dev,*mid*", ("team-*", "*-dev", "*mid*")),
        ("0,1-2", ("0", "1-2")),
        ("kube-system,a", ("kube-system", "a")),
        ("a" * 63, ("a" * 63,)),
    ],
)
def test_a_list_is_read_in_order_without_blanks_and_repetitions(text, names):
    assert parse_namespaces(text) == names


@pytest.mark.parametrize("text", ["a,,b", "a,", ",a", ",", " , ", "a, ,b"])
def test_an_empty_item_is_refused(text):
    with pytest.raises(InvalidValueError) as refused:
        parse_namespaces(text)
    assert "empty item" in refused.value.message
    assert any('--safeguards-excluded-ns ""' in command for command in commands(refused.value.remedies))


@pytest.mark.parametrize(
    "name",
    [
        "Prod",
        "a_b",
        "a.b",
        "-a",
        "a-",
        "a b",
        "a/b",
        "a;b",
        "ä",
        "a\nb",
        "a" * 64,
        "a*b",
        "*",
        "**",
        "***",
        "-*",
        "*-",
        "a-*b",
        "a*-",
        "-*a",
        "'a'",
        '"a"',
        "..",
        "%2f",
    ],
)
def test_what_is_neither_a_label_nor_a_glob_is_refused_by_name(name):
    with pytest.raises(InvalidValueError) as refused:
        parse_namespaces(f"good,{name}")
    assert f"'{name}'" in refused.value.message


@given(st.lists(LABELS, min_size=1, unique=True))
def test_a_printed_list_is_read_as_itself(names):
    assert parse_namespaces(",".join(names)) == tuple(names)


@given(LABELS)
def test_a_star_may_stand_at_either_end_of_a_label(name):
    assert is_namespace_pattern(f"{name}*")
    assert is_namespace_pattern(f"*{name}")
    assert is_namespace_pattern(f"*{name}*")


@given(
    LABELS, st.sampled_from([char for char in string.printable if char not in string.ascii_lowercase + "0123456789-"])
)
def test_no_other_character_is_allowed_inside(name, char):
    assert not is_namespace_pattern(f"{name}{char}{name}"[:63] if len(name) < 31 else f"{name[:20]}{char}{name[:20]}")


def test_the_users_part_is_what_is_not_the_systems():
    held = ["kube-system", "b", "calico-system", "a", "tigera-system", "gatekeeper-system", "b", "azure-arc"]
    assert user_part(held) == ("b", "a", "azure-arc")


@pytest.mark.parametrize(
    ("user", "held"),
    [
        ((), ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]),
        (("a",), ["kube-system", "calico-system", "tigera-system", "gatekeeper-system", "a"]),
        (("kube-system", "a", "a"), ["kube-system", "calico-system", "tigera-system", "gatekeeper-system", "a"]),
        (("gatekeeper-system",), ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]),
    ],
)
def test_the_systems_namespaces_are_always_there_and_never_twice(user, held):
    assert all_excluded(user) == held


@pytest.mark.parametrize(
    ("words", "text"), [(["a,b"], "a,b"), ([""], ""), (["a, b"], "a, b"), (["team-*,*-dev"], "team-*,*-dev")]
)
def test_one_list_with_commas_is_taken_as_it_is(words, text):
    assert one_list(words) == text


@pytest.mark.parametrize(
    ("words", "meant"), [(["a", "b"], "a,b"), (["a,", "b"], "a,b"), (["a b"], "a,b"), (["a", ",b c", "d"], "a,b,c,d")]
)
def test_namespaces_that_blanks_separate_are_answered_with_the_list_that_is_meant(words, meant):
    with pytest.raises(InvalidValueError, match="separated by commas") as refused:
        one_list(words)
    assert commands(refused.value.remedies) == (f"--safeguards-excluded-ns {meant}",)


@pytest.mark.parametrize(
    ("edit", "after", "said"),
    [
        (NamespaceEdit(added=("c",)), ("a", "team-*", "c"), ""),
        (NamespaceEdit(added=("a",)), ("a", "team-*"), "a is excluded already."),
        (NamespaceEdit(added=("kube-system",)), ("a", "team-*"), "kube-system is always excluded: it is the system's."),
        (NamespaceEdit(removed=("a",)), ("team-*",), ""),
        (NamespaceEdit(removed=("b",)), ("a", "team-*"), "b is not on the list."),
        (NamespaceEdit(removed=("kube-system",)), ("a", "team-*"), "kube-system stays excluded: it is the system's."),
        (
            NamespaceEdit(removed=("team-b",)),
            ("a", "team-*"),
            "team-b is not on the list. team-b stays excluded by team-*.",
        ),
    ],
)
def test_single_namespaces_are_changed_and_the_others_stay(edit, after, said):
    now = ["kube-system", "a", "team-*"]
    assert edit.applied(now) == after
    assert " ".join(edit.remarks(now)) == said


def test_namespaces_of_a_command_line_are_separated_by_anything():
    assert named_namespaces(["a,b", "c d", "a"]) == ("a", "b", "c", "d")
    for words in ([], [","], ["A"], ["a_b"], ["*"]):
        with pytest.raises(InvalidValueError):
            named_namespaces(words)
