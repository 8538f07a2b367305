# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest
from azure.core.exceptions import HttpResponseError

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import PreflightError
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.preflight import Facts, automatic_create, check, has_policy_addon
from azext_safeguards.domain.read import Read

SUB = "00000000-0000-0000-0000-000000000001"
REF = ClusterRef(SUB, "my(rg)", "c1")
ELSEWHERE = ClusterRef(SUB, "rg", "c1", explicit_subscription=True)
REGISTERED = Read("Registered")
NO_MANAGED = Read(None, 404)
MANAGED = Read({"name": "default", "properties": {"level": "Warn"}})
ON = [Level.WARNING, Level.ENFORCEMENT]


def cluster(*, addon=True, state="Succeeded", sku="Base", key="azurepolicy"):
    return {
        "sku": {"name": sku, "tier": "Free"},
        "properties": {"provisioningState": state, "addonProfiles": {key: {"enabled": addon, "config": None}}},
    }


def failed(status, text="no"):
    return Read(None, status, text, HttpResponseError(message=text))


def found(facts, level=Level.WARNING, change=None, ref=REF, enables_addon=None):
    return check(facts, level, change or Change(level), ref, enables_addon)


def codes(finding):
    return [problem.code for problem in finding.problems]


REGISTRATION = (
    "az aks safeguards register",
    "az feature register --namespace Microsoft.ContainerService --name SafeguardsPreview",
    f"az resource wait --ids /subscriptions/{SUB}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/SafeguardsPreview --api-version 2021-07-01 --custom \"properties.state=='Registered'\" --interval 10",
    "az provider register --namespace Microsoft.ContainerService",
)

READY = Facts(cluster(), REGISTERED, NO_MANAGED)


@pytest.mark.parametrize("level", list(Level))
def test_a_ready_cluster_has_no_problem(level):
    finding = found(READY, level)
    assert (finding.problems, finding.warnings) == ((), ())
    finding.raise_problems(REF)


class TestFeature:
    @pytest.mark.parametrize("state", ["NotRegistered", "Registering", "Unregistered", "Unregistering", "Pending", ""])
    @pytest.mark.parametrize("level", ON)
    def test_not_registered_is_refused_with_the_documented_flow(self, level, state):
        finding = found(Facts(cluster(), Read(state), NO_MANAGED), level)
        assert codes(finding) == ["FeatureNotRegistered"]
        assert commands(finding.problems[0].remedies) == REGISTRATION
        assert state in finding.problems[0].sentence

    def test_the_subscription_is_named_where_it_is_not_the_default(self):
        finding = found(Facts(cluster(), Read("NotRegistered"), NO_MANAGED), ref=ELSEWHERE)
        assert all(command.endswith(f" --subscription {SUB}") for command in commands(finding.problems[0].remedies))

    @pytest.mark.parametrize("state", ["Registered", "registered", "REGISTERED"])
    def test_registered_is_registered_in_any_case(self, state):
        assert codes(found(Facts(cluster(), Read(state), NO_MANAGED))) == []

    @pytest.mark.parametrize("read", [Read(None, 404), failed(404, "could not be found")])
    def test_a_feature_that_is_gone_was_retired(self, read):
        finding = found(Facts(cluster(), read, NO_MANAGED))
        assert (finding.problems, finding.warnings) == ((), ())

    def test_a_feature_that_may_not_be_read_warns(self):
        finding = found(Facts(cluster(), failed(403), NO_MANAGED))
        assert finding.problems == ()
        assert len(finding.warnings) == 1
        assert "Microsoft.ContainerService/SafeguardsPreview" in finding.warnings[0]

    @pytest.mark.parametrize("status", [0, 401, 429, 500, 503])
    def test_another_failure_is_raised_as_it_is(self, status):
        read = failed(status, "the reason")
        with pytest.raises(HttpResponseError) as raised:
            found(Facts(cluster(), read, NO_MANAGED))
        assert raised.value is read.raised


class TestAddon:
    @pytest.mark.parametrize("level", ON)
    @pytest.mark.parametrize(
        "body",
        [
            cluster(addon=False),
            {"properties": {"addonProfiles": None}},
            {"properties": {}},
            {"properties": {"addonProfiles": {"azurepolicy": None}}},
            {"properties": {"addonProfiles": {"omsagent": {"enabled": True}}}},
        ],
    )
    def test_a_cluster_without_the_addon_is_refused(self, body, level):
        finding = found(Facts(body, REGISTERED, NO_MANAGED), level)
        assert codes(finding) == ["AddonNotEnabled"]
        assert commands(finding.problems[0].remedies) == (
            "az aks enable-addons --addons azure-policy -g 'my(rg)' -n c1",
        )

    def test_the_subscription_is_named_where_it_is_not_the_default(self):
        finding = found(Facts(cluster(addon=False), REGISTERED, NO_MANAGED), ref=ELSEWHERE)
        assert commands(finding.problems[0].remedies) == (
            f"az aks enable-addons --addons azure-policy -g rg -n c1 --subscription {SUB}",
        )

    @pytest.mark.parametrize("key", ["azurepolicy", "azurePolicy", "AZUREPOLICY"])
    def test_the_addon_is_found_in_any_case(self, key):
        assert has_policy_addon(cluster(key=key))

    @pytest.mark.parametrize(
        ("enables", "expected"), [(True, []), (False, ["AddonNotRequested"]), (None, ["AddonNotRequested"])]
    )
    def test_a_new_cluster_needs_it_on_the_command_line(self, enables, expected):
        finding = found(Facts(None, REGISTERED, None), enables_addon=enables)
        assert codes(finding) == expected
        if expected:
            assert "--enable-addons azure-policy" in commands(finding.problems[0].remedies)[0]


class TestProvider:
    @pytest.mark.parametrize("state", ["NotRegistered", "Unregistered", "Unregistering", ""])
    @pytest.mark.parametrize("level", ON)
    def test_the_policy_provider_must_be_registered(self, level, state):
        finding = found(Facts(cluster(), REGISTERED, NO_MANAGED, Read(state)), level, ref=ELSEWHERE)
        assert codes(finding) == ["ProviderNotRegistered"]
        assert commands(finding.problems[0].remedies) == (
            f"az provider register --namespace Microsoft.PolicyInsights --subscription {SUB}",
        )

    @pytest.mark.parametrize("state", ["Registered", "registered", "Registering"])
    def test_a_registration_on_its_way_is_enough(self, state):
        finding = found(Facts(cluster(), REGISTERED, NO_MANAGED, Read(state)))
        assert (finding.problems, finding.warnings) == ((), ())

    @pytest.mark.parametrize("status", [403, 500])
    def test_it_may_not_be_readable(self, status):
        finding = found(Facts(cluster(), REGISTERED, NO_MANAGED, failed(status)))
        assert finding.problems == ()
        assert "Microsoft.PolicyInsights" in finding.warnings[0]


class TestPermissions:
    WRITE = "Microsoft.Authorization/policyAssignments/write"
    READ = "Microsoft.Authorization/policyAssignments/read"

    @pytest.mark.parametrize(
        ("granted", "missing"),
        [
            ([{"actions": ["*"], "notActions": []}], []),
            ([{"actions": ["Microsoft.Authorization/*"], "notActions": []}], []),
            ([{"actions": ["*/read"], "notActions": []}], [WRITE]),
            # Contributor may do everything but write under Microsoft.Authorization.
            (
                [
                    {
                        "actions": ["*"],
                        "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
                    }
                ],
                [WRITE],
            ),
            # notActions take away from their own role only.
            (
                [
                    {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]},
                    {"actions": ["microsoft.authorization/policyassignments/*"], "notActions": []},
                ],
                [],
            ),
            ([{"actions": ["*/write"], "notActions": []}], [READ]),
            ([{"actions": ["Microsoft.Authorization/policyAssignments"], "notActions": []}], [READ, WRITE]),
            # Whoever could read the cluster has some permission, so an empty list says nothing.
            ([], []),
        ],
    )
    def test_both_actions_on_the_assignment_are_needed(self, granted, missing):
        finding = found(Facts(cluster(), REGISTERED, NO_MANAGED, None, Read(granted)))
        assert codes(finding) == (["MissingPermission"] if missing else [])
        if missing:
            assert [name for name in (self.READ, self.WRITE) if name in finding.problems[0].sentence] == missing
            assert commands(finding.problems[0].remedies)[0].startswith("az role assignment create --role")

    def test_on_a_new_cluster_the_group_counts(self):
        granted = Read([{"actions": ["*/read"], "notActions": []}])
        finding = found(Facts(None, REGISTERED, None, None, granted), ref=ELSEWHERE, enables_addon=True)
        assert codes(finding) == ["MissingPermission"]
        assert commands(finding.problems[0].remedies)[0].endswith(f"--scope /subscriptions/{SUB}/resourceGroups/rg")

    def test_permissions_that_cannot_be_read_warn(self):
        finding = found(Facts(cluster(), REGISTERED, NO_MANAGED, None, failed(403)))
        assert finding.problems == ()
        assert len(finding.warnings) == 1

    def test_a_group_that_does_not_exist_is_the_installed_commands_to_report(self):
        finding = found(Facts(None, REGISTERED, None, None, failed(404)), enables_addon=True)
        assert (finding.problems, finding.warnings) == ((), ())


class TestManaged:
    @pytest.mark.parametrize(("level", "flag"), [(Level.WARNING, "Warn"), (Level.ENFORCEMENT, "Enforce")])
    def test_what_aks_manages_is_refused_with_the_commands_of_the_managed_resource(self, level, flag):
        change = Change(level, None, ("a", "team-*"))
        finding = found(Facts(cluster(), REGISTERED, MANAGED), level, change)
        assert codes(finding) == ["ManagedSafeguards"]
        assert commands(finding.problems[0].remedies) == (
            f"az aks safeguards update -g 'my(rg)' -n c1 --level {flag} --excluded-ns a 'team-*'",
            "az aks safeguards profile migrate -g 'my(rg)' -n c1 --to assignment",
        )

    def test_no_level_is_named_that_nobody_asked_for(self):
        finding = found(Facts(cluster(), REGISTERED, MANAGED), Level.WARNING, Change(excluded_namespaces=("a",)))
        assert commands(finding.problems[0].remedies)[0] == "az aks safeguards update -g 'my(rg)' -n c1 --excluded-ns a"
        finding = found(Facts(cluster(), REGISTERED, MANAGED), Level.WARNING, Change(version="v2.0.0"))
        assert commands(finding.problems[0].remedies)[0] == "az aks safeguards show -g 'my(rg)' -n c1"

    @pytest.mark.parametrize(("sku", "level"), [("Base", ""), ("Automatic", " --level Enforce")])
    def test_a_list_that_is_cleared_is_cleared_there(self, sku, level):
        facts = Facts(cluster(sku=sku), REGISTERED, MANAGED)
        finding = found(facts, Level.WARNING, Change(excluded_namespaces=()))
        command = f"az aks safeguards update -g 'my(rg)' -n c1{level} --excluded-ns '[]'"
        assert commands(finding.problems[0].remedies)[0] == command

    def test_it_may_not_be_read(self):
        finding = found(Facts(cluster(), REGISTERED, failed(403)))
        assert finding.problems == ()
        assert len(finding.warnings) == 1

    @pytest.mark.parametrize("status", [0, 401, 429, 500])
    def test_another_failure_is_raised_as_it_is(self, status):
        read = failed(status)
        with pytest.raises(HttpResponseError) as raised:
            found(Facts(cluster(), REGISTERED, read))
        assert raised.value is read.raised

    @pytest.mark.parametrize("sku", ["Automatic", "automatic"])
    def test_an_automatic_cluster_manages_its_own(self, sku):
        finding = found(Facts(cluster(sku=sku, addon=False), REGISTERED, MANAGED))
        assert codes(finding) == ["AutomaticCluster"]
        # Its level is Enforce and stays it, so no way out sets another.
        assert commands(finding.problems[0].remedies) == ("az aks safeguards show -g 'my(rg)' -n c1",)

    def test_an_automatic_cluster_is_known_from_the_arguments_of_create(self):
        refused = automatic_create(Change(Level.ENFORCEMENT), ELSEWHERE)
        assert isinstance(refused, PreflightError)
        assert "AKS Automatic" in refused.message
        assert f"az aks safeguards show -g rg -n c1 --subscription {SUB}" in commands(refused.remedies)

    def test_namespaces_can_be_excluded_on_an_automatic_cluster_at_its_own_level(self):
        change = Change(Level.WARNING, excluded_namespaces=("a", "team-*"))
        finding = found(Facts(cluster(sku="Automatic"), Read("NotRegistered"), MANAGED), Level.WARNING, change)
        # Nothing else would help: the feature and the add-on are AKS's there.
        assert codes(finding) == ["AutomaticCluster"]
        way = "az aks safeguards update -g 'my(rg)' -n c1 --level Enforce --excluded-ns a 'team-*'"
        assert commands(finding.problems[0].remedies) == (way,)


class TestState:
    @pytest.mark.parametrize("state", ["Updating", "Upgrading", "Creating", "Failed", "Canceled", "Starting", None])
    @pytest.mark.parametrize("level", list(Level))
    def test_an_operation_in_progress_is_no_problem(self, state, level):
        finding = found(Facts(cluster(state=state), REGISTERED, NO_MANAGED), level)
        assert (finding.problems, finding.warnings) == ((), ())

    @pytest.mark.parametrize("state", ["Deleting", "deleting"])
    @pytest.mark.parametrize("level", list(Level))
    def test_a_cluster_that_is_being_deleted_is_refused(self, state, level):
        finding = found(Facts(cluster(state=state), REGISTERED, NO_MANAGED), level)
        assert codes(finding) == ["ClusterDeleting"]
        assert commands(finding.problems[0].remedies) == ("az aks show -g 'my(rg)' -n c1",)


class TestOff:
    @pytest.mark.parametrize(
        "facts",
        [
            Facts(cluster(addon=False), Read("NotRegistered"), MANAGED),
            Facts(cluster(addon=False, sku="Automatic"), None, None),
            Facts(cluster(), failed(500), failed(500)),
            Facts(cluster(), failed(403), failed(403)),
            Facts(None, None, None),
        ],
    )
    def test_nothing_keeps_safeguards_from_being_turned_off(self, facts):
        finding = found(facts, Level.OFF)
        assert (finding.problems, finding.warnings) == ((), ())


class TestAllAtOnce:
    def test_feature_and_addon_are_told_together_with_every_command(self):
        finding = found(Facts(cluster(addon=False), Read("NotRegistered"), NO_MANAGED))
        assert codes(finding) == ["FeatureNotRegistered", "AddonNotEnabled"]
        with pytest.raises(PreflightError) as refused:
            finding.raise_problems(REF)
        assert "(1) The feature Microsoft.ContainerService/SafeguardsPreview" in refused.value.message
        assert "(2) The azure-policy add-on" in refused.value.message
        assert "'c1'" in refused.value.message
        assert commands(refused.value.remedies) == (
            *REGISTRATION,
            "az aks enable-addons --addons azure-policy -g 'my(rg)' -n c1",
        )

    def test_everything_at_once(self):
        finding = found(Facts(cluster(addon=False, state="Deleting"), Read("NotRegistered"), MANAGED))
        assert sorted(codes(finding)) == [
            "AddonNotEnabled",
            "ClusterDeleting",
            "FeatureNotRegistered",
            "ManagedSafeguards",
        ]

    def test_a_new_cluster_with_neither_feature_nor_addon(self):
        finding = found(Facts(None, Read("NotRegistered"), None), enables_addon=False)
        assert codes(finding) == ["FeatureNotRegistered", "AddonNotRequested"]

    def test_one_problem_is_said_in_its_own_sentence(self):
        finding = found(Facts(cluster(addon=False), REGISTERED, NO_MANAGED))
        with pytest.raises(PreflightError) as refused:
            finding.raise_problems(REF)
        assert refused.value.message == finding.problems[0].sentence

    def test_warnings_do_not_hide_problems(self):
        finding = found(Facts(cluster(addon=False), failed(403), failed(403)))
        assert codes(finding) == ["AddonNotEnabled"]
        assert len(finding.warnings) == 2
