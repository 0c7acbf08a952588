"""Small notebooks to run."""

import nbformat
import pytest
from nbformat import v4


@pytest.fixture
def notebook_file(tmp_path):
    """Write a notebook of the given code cells; returns its path."""

    def write(*sources, **metadata):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources], metadata=metadata)
        path = tmp_path / "page.ipynb"
        nbformat.write(notebook, path)
        return path

    return write
