# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import copy

import pytest

from azext_safeguards.domain.assignment.overrides import (
    fingerprint,
    is_sweeping,
    named,
    reaches,
    sets_effect,
    split,
    without_unknown,
    write,
)
from tests.published_lists import V2_VALIDATORS
from tests.unit.bodies import effect_override

DENY_FIVE = dict.fromkeys(("a1", "b2", "c3", "d4", "e5"), "Deny")


def reference_selector(**sides):
    return {"kind": "policyDefinitionReferenceId", **sides}


LOCATIONS = {"kind": "resourceLocation", "in": ["westeurope"]}
SWEEPING = {"kind": "policyEffect", "value": "Disabled"}
ALL_BUT = {"kind": "policyEffect", "value": "Audit", "selectors": [reference_selector(notIn=["a1"])]}
IN_EUROPE = {"kind": "policyEffect", "value": "Disabled", "selectors": [LOCATIONS]}
PROBES_IN_EUROPE = {
    "kind": "policyEffect",
    "value": "Deny",
    "selectors": [reference_selector(**{"in": ["a1"]}), LOCATIONS],
}
VERSION_OF = {"kind": "definitionVersion", "value": "1.0.*", "selectors": [reference_selector(**{"in": ["a1"]})]}


class TestReading:
    @pytest.mark.parametrize(
        ("override", "expected"),
        [
            (effect_override("Deny", "A1", "b2"), {"a1", "b2"}),
            (PROBES_IN_EUROPE, {"a1"}),
            (VERSION_OF, {"a1"}),
            (SWEEPING, set()),
            (ALL_BUT, set()),
            (IN_EUROPE, set()),
            ({"kind": "policyEffect", "value": "Deny", "selectors": None}, set()),
            ({"value": "Deny", "selectors": [{"kind": "PolicyDefinitionReferenceID", "in": ["A1"]}]}, {"a1"}),
        ],
    )
    def test_an_override_names_the_references_of_its_in(self, override, expected):
        assert named(override) == expected

    @pytest.mark.parametrize(
        ("override", "expected"),
        [
            (SWEEPING, True),
            (ALL_BUT, True),
            (IN_EUROPE, True),
            (effect_override("Deny", "a1"), False),
            (PROBES_IN_EUROPE, False),
            ({"kind": "definitionVersion", "value": "1.0.*"}, False),
        ],
    )
    def test_an_effect_override_that_names_nobody_sweeps(self, override, expected):
        assert is_sweeping(override) is expected

    @pytest.mark.parametrize(
        ("override", "a1", "b2"),
        [
            (effect_override("Deny", "A1"), True, False),
            (SWEEPING, True, True),
            (ALL_BUT, False, True),
            (IN_EUROPE, True, True),
            (PROBES_IN_EUROPE, True, False),
        ],
    )
    def test_an_override_reaches_what_its_reference_selectors_let_through(self, override, a1, b2):
        assert (reaches(override, "a1"), reaches(override, "B2")) == (a1, b2)

    def test_an_override_of_a_version_sets_no_effect(self):
        assert [sets_effect(item) for item in (SWEEPING, VERSION_OF, {"kind": "POLICYEFFECT"})] == [True, False, True]


class TestWriting:
    def test_each_effect_is_one_override_and_deny_comes_first(self):
        assert write({"a": "Disabled", "b": "Deny", "c": "Disabled"}) == [
            effect_override("Deny", "b"),
            effect_override("Disabled", "a", "c"),
        ]

    def test_nothing_is_no_override(self):
        assert write({}) == []

    @pytest.mark.parametrize(
        ("count", "sizes"), [(1, [1]), (50, [50]), (51, [50, 1]), (100, [50, 50]), (101, [50, 50, 1])]
    )
    def test_a_selector_holds_at_most_50_references(self, count, sizes):
        written = write({f"member{number}": "Deny" for number in range(count)})
        selected = [override["selectors"][0]["in"] for override in written]
        assert [len(references) for references in selected] == sizes
        assert [name for references in selected for name in references] == [
            f"member{number}" for number in range(count)
        ]


class TestSplit:
    def test_what_rendering_gives_is_ours(self):
        ours = effect_override("Deny", "a1", "b2", "c3", "d4", "e5")
        assert split([ours], DENY_FIVE).ours == (ours,)
        assert split([ours], DENY_FIVE).foreign == ()

    def test_case_and_order_of_references_and_of_the_effect_do_not_matter(self):
        ours = effect_override("deny", "E5", "D4", "C3", "B2", "A1")
        assert split([ours], DENY_FIVE).ours == (ours,)

    def test_ours_is_recognised_although_it_leaves_out_what_a_foreign_one_names(self):
        ours, foreign = effect_override("Deny", "b2", "c3", "d4", "e5"), effect_override("Audit", "a1")
        found = split([ours, foreign], DENY_FIVE)
        assert (found.ours, found.foreign) == ((ours,), (foreign,))

    def test_ours_is_recognised_wherever_it_stands(self):
        ours, foreign = effect_override("Deny", "b2", "c3", "d4", "e5"), effect_override("Audit", "a1")
        found = split([foreign, ours], DENY_FIVE)
        assert (found.ours, found.foreign) == ((ours,), (foreign,))

    def test_a_foreign_override_of_the_same_effect_beside_ours_stays_foreign(self):
        ours, foreign = effect_override("Deny", "b2", "c3", "d4", "e5"), effect_override("Deny", "a1")
        found = split([ours, foreign], DENY_FIVE)
        assert (found.ours, found.foreign) == ((ours,), (foreign,))

    @pytest.mark.parametrize("references", [["a1", "b2", "c3", "d4"], ["a1", "b2", "c3"]])
    def test_a_shortened_one_of_ours_is_still_ours(self, references):
        ours = effect_override("Deny", *references)
        assert split([ours], DENY_FIVE).ours == (ours,)

    @pytest.mark.parametrize("written", [set(), {fingerprint(effect_override("Deny", "a1", "b2", "c3", "d4"))}])
    @pytest.mark.parametrize(
        ("references", "is_ours"), [(["a1", "b2"], False), (["a1", "b2", "z9"], False), (["a1", "b2", "c3"], True)]
    )
    def test_one_with_just_half_of_the_members_is_foreign(self, references, is_ours, written):
        override = effect_override("Deny", *references)
        found = split([override], dict.fromkeys(["a1", "b2", "c3", "d4"], "Deny"), written)
        assert (found.ours, found.foreign) == (((override,), ()) if is_ours else ((), (override,)))

    def test_a_lengthened_one_of_ours_is_still_ours(self):
        ours = effect_override("Deny", "a1", "b2", "c3", "d4", "e5", "f6")
        assert split([ours], DENY_FIVE).ours == (ours,)

    @pytest.mark.parametrize(
        "override",
        [
            effect_override("Deny", "a1", "b2"),
            effect_override("Deny", "z1", "z2", "z3"),
            effect_override("Audit", "a1"),
            effect_override("Disabled", "a1", "b2", "c3", "d4", "e5"),
            SWEEPING,
            ALL_BUT,
            IN_EUROPE,
            PROBES_IN_EUROPE,
            VERSION_OF,
            {"kind": "policyEffect", "value": "Deny", "selectors": [reference_selector(notIn=["z"])]},
            {
                "kind": "policyEffect",
                "value": "Deny",
                "selectors": [reference_selector(**{"in": ["a1", "b2", "c3", "d4", "e5"]}), LOCATIONS],
            },
            {**effect_override("1.0.*", "a1", "b2", "c3", "d4", "e5"), "kind": "definitionVersion"},
        ],
    )
    def test_anything_else_is_foreign(self, override):
        assert split([override], DENY_FIVE).foreign == (override,)
        assert split([override], DENY_FIVE).ours == ()

    def test_where_nothing_is_expected_everything_is_foreign(self):
        present = [effect_override("Deny", "a1", "b2"), SWEEPING]
        assert split(present, {}).foreign == tuple(present)

    def test_each_effect_has_an_override_of_its_own(self):
        expected = {"a1": "Deny", "b2": "Deny", "c3": "Disabled"}
        present = [effect_override("Deny", "a1", "b2"), effect_override("Disabled", "c3"), VERSION_OF]
        found = split(present, expected)
        assert (found.ours, found.foreign) == (tuple(present[:2]), (VERSION_OF,))


class TestFingerprints:
    OURS = effect_override("Deny", "d4", "e5")
    THEIRS = effect_override("Deny", "a1", "b2", "c3")

    def test_a_fingerprint_is_eight_digits_whatever_order_and_case(self):
        assert fingerprint(effect_override("Deny", *V2_VALIDATORS)) == "bc41365c"
        assert fingerprint(effect_override("DENY", *(name.upper() for name in reversed(V2_VALIDATORS)))) == "bc41365c"

    def test_another_effect_or_member_has_another_fingerprint(self):
        others = [effect_override("Audit", "a1"), effect_override("Deny", "a1", "b2"), effect_override("Deny", "b2")]
        assert len({fingerprint(item) for item in (*others, effect_override("Deny", "a1"))}) == 4

    @pytest.mark.parametrize("present", [[OURS, THEIRS], [THEIRS, OURS]])
    def test_ours_is_known_by_its_fingerprint_beside_a_longer_foreign_one_wherever_it_stands(self, present):
        found = split(present, DENY_FIVE, {fingerprint(self.OURS)})
        assert (found.ours, found.foreign) == ((self.OURS,), (self.THEIRS,))

    @pytest.mark.parametrize("references", [["a1", "b2", "c3"], ["a1", "b2", "c3", "d4", "e5", "f6"]])
    def test_one_of_ours_that_was_changed_since_is_still_ours(self, references):
        ours = effect_override("Deny", *references)
        written = {fingerprint(effect_override("Deny", *DENY_FIVE))}
        assert split([ours], DENY_FIVE, written).ours == (ours,)

    def test_ours_stays_ours_where_rendering_would_no_longer_give_it(self):
        assert split([self.OURS], {}, {fingerprint(self.OURS)}).ours == (self.OURS,)

    def test_an_override_of_another_shape_is_never_ours(self):
        narrowed = {**self.OURS, "selectors": [*self.OURS["selectors"], LOCATIONS]}
        assert split([narrowed], DENY_FIVE, {fingerprint(self.OURS)}).foreign == (narrowed,)


class TestUnknownReferences:
    KNOWN = frozenset({"a1", "b2"})

    def test_a_reference_that_the_version_lacks_is_taken_out_and_told(self):
        kept, lost = without_unknown([effect_override("Audit", "A1", "gone")], self.KNOWN)
        assert kept == [effect_override("Audit", "A1")]
        assert lost == ["gone"]

    def test_an_override_without_any_reference_left_goes(self):
        kept, lost = without_unknown([effect_override("Audit", "gone", "gone2"), SWEEPING], self.KNOWN)
        assert kept == [SWEEPING]
        assert lost == ["gone", "gone2"]

    def test_an_override_that_excepts_only_an_unknown_member_still_applies_to_all_others(self):
        override = {"kind": "policyEffect", "value": "Audit", "selectors": [reference_selector(notIn=["gone"])]}
        kept, lost = without_unknown([override], self.KNOWN)
        assert [(item["kind"], item["value"], item["selectors"]) for item in kept] == [("policyEffect", "Audit", [])]
        assert lost == ["gone"]

    def test_other_selectors_and_other_kinds_of_override_stay(self):
        present = [PROBES_IN_EUROPE, VERSION_OF, IN_EUROPE, SWEEPING, ALL_BUT]
        kept, lost = without_unknown(present, self.KNOWN)
        assert kept == present
        assert lost == []

    def test_a_reference_is_told_once(self):
        _, lost = without_unknown([effect_override("Audit", "gone"), effect_override("Deny", "gone", "a1")], self.KNOWN)
        assert lost == ["gone"]

    def test_the_overrides_given_stay_as_they_are(self):
        present = [effect_override("Audit", "a1", "gone"), copy.deepcopy(ALL_BUT)]
        before = copy.deepcopy(present)
        without_unknown(present, self.KNOWN)
        assert present == before
