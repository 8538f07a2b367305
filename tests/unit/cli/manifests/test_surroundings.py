# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` where its surroundings are odd: defaults of az, a folder that is no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.cli.core.azclierror import FileOperationError, RequiredArgumentMissingError
from knack.validators import DefaultStr

from azext_safeguards.cli.manifests import reports
from azext_safeguards.cli.manifests.judged_by import Wanted, judged_by


@pytest.mark.parametrize("automatic", [False, True])
def test_a_resource_group_of_the_configuration_names_no_cluster(automatic: bool) -> None:
    acting, notes = judged_by(None, Wanted(group=DefaultStr("rg"), automatic=automatic))
    assert (acting, notes) == judged_by(None, Wanted(automatic=automatic))


def test_a_resource_group_that_was_typed_needs_a_name() -> None:
    with pytest.raises(RequiredArgumentMissingError):
        judged_by(None, Wanted(group="rg"))


def test_a_report_in_a_folder_that_is_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FileOperationError, match="There is no working directory any more") as found:
        reports._real("x.sarif")
    assert found.value.recommendations == ["cd ~"]
    assert reports._real("/x.sarif") == "/x.sarif"
