"""No lab goes without the tests of every lab."""

import pytest

from cnnlib.grading.checks.lab import lab_names
from tests.labs.bank import FOLDER


@pytest.mark.parametrize("name", lab_names())
def test_its_folder_takes_the_tests_of_every_lab(name):
    bank = (FOLDER / name / "test_bank.py").read_text(encoding="utf-8")
    for file in (FOLDER / "every_lab").glob("[!_]*.py"):
        assert f"from tests.labs.every_lab.{file.stem} import *" in bank
