import subprocess
import sys

import pytest

import dataset_builder

# In a process of its own each: what was imported before decides what a name means.
BEFORE = ["", "import dataset_builder.check.runner, dataset_builder.schema.registry", "dataset_builder.open_project"]


@pytest.mark.parametrize("before", BEFORE)
def test_every_public_name_is_there_whatever_was_imported_before(before):
    names = [name for name in dataset_builder.__all__ if not name.startswith("__")]
    code = (
        f"import dataset_builder, types\n{before}\n"
        f"for name in {names}:\n"
        "    assert callable(getattr(dataset_builder, name)), name\n"
        "    exec(f'from dataset_builder import {name} as found')\n"
        "    assert callable(found), name\n"
        "import dataset_builder.check.runner, dataset_builder.schema.registry\n"
        "from dataset_builder.check import runner\n"
        "assert isinstance(runner, types.ModuleType)\n"
        "assert callable(dataset_builder.check) and callable(dataset_builder.schema)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
