"""What holds for every figure: its code is of one piece, and it is found, imported and stored by the same rules.

Figures are those with a folder in ``cnnlib/widgets``; each has a file of tests with an ``example`` of it.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cnnlib import widgets

FIGURES = sorted(path.parent.name for path in Path(widgets.__file__).parent.glob("*/__init__.py"))
OLD_NAMES = {"BallChart", "ConvStep", "FilterPhoto", "LeNetDraw", "Net", "NetworkExplorer", "ReceptiveField"}


def example(figure):
    return import_module(f"tests.widgets.test_{figure}").example()


def in_a_new_python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("figure", FIGURES)
def test_code_is_of_one_piece_and_asks_nothing_of_the_network(figure):
    widget = example(figure)
    code = widget._esm
    assert "http" not in code.replace("http://www.w3.org/2000/svg", "")
    assert "import " not in code and "fetch(" not in code
    assert code.count("export default") == 1
    assert "http" not in widget._css and "url(" not in widget._css and "@import" not in widget._css


@pytest.mark.parametrize("figure", FIGURES)
def test_sources_are_all_that_a_figure_carries(figure):
    widget = example(figure)
    folder = Path(widgets.__file__).parent / figure
    assert len(set(widget.SOURCES)) == len(widget.SOURCES) and all(path.is_file() for path in widget.SOURCES)
    assert {path for path in folder.iterdir() if path.suffix in (".js", ".css")} <= set(widget.SOURCES)
    for path in widget.SOURCES:
        carried = widget._esm if path.suffix == ".js" else widget._css
        for paragraph in path.read_text("utf-8").strip().split("\n\n"):
            if not paragraph.startswith("import "):
                assert re.sub("^export (?!default)", "", paragraph, flags=re.MULTILINE) in carried


@pytest.mark.parametrize("figure", FIGURES)
def test_state_is_the_same_every_time(figure):
    def state():
        values = example(figure).get_state()
        values.pop("layout")  # a model of its own, under an id that the notebook's execution renames
        return json.dumps(values, default=lambda b: b.hex(), sort_keys=True)

    assert state() == state()


def test_every_figure_is_found_by_the_name_of_its_class():
    assert set(widgets.__all__) >= OLD_NAMES | {"TrainingCurves"}
    for figure in FIGURES:
        widget = example(figure)
        assert isinstance(widget, getattr(widgets, type(widget).__name__))
    declared = [name for figure in FIGURES for name in import_module(f"cnnlib.widgets.{figure}").__all__]
    assert sorted(declared) == widgets.__all__  # so no two figures have a name in common
    assert set(dir(widgets)) >= set(widgets.__all__)


def test_a_name_that_no_figure_has():
    with pytest.raises(AttributeError, match=r"Chart.*BallChart, ConvStep"):
        widgets.Chart  # noqa: B018
    with pytest.raises(ImportError, match="Chart"):
        from cnnlib.widgets import Chart  # noqa: F401


def test_importing_one_figure_imports_no_other():
    loaded = "import sys; print(*[name for name in sys.modules if name.startswith('cnnlib.widgets.')])"
    one = in_a_new_python(f"from cnnlib.widgets import ConvStep; {loaded}")
    assert set(one) == {"cnnlib.widgets._state", "cnnlib.widgets.conv_step", "cnnlib.widgets.sources"}
    assert in_a_new_python(f"import cnnlib.widgets; {loaded}") == []


def test_a_new_figure_is_one_new_folder(tmp_path):
    """A copy of the widgets with one folder more: its class is found, and its script joined with the shared ones."""
    package = tmp_path / "cnnlib"
    shutil.copytree(Path(widgets.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    folder = package / "widgets" / "dot_plot"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import anywidget\n\nfrom cnnlib.widgets import sources\n\n__all__ = ['DotPlot']\n\n\n"
        "class DotPlot(anywidget.AnyWidget):\n    SOURCES = sources.of(__file__)\n"
        "    _esm = sources.script(SOURCES)\n    _css = sources.style(SOURCES)\n"
    )
    (folder / "dot_plot.js").write_text(
        'import { root } from "../shared/parts.js";\n\n'
        'const render = ({ el }) => el.append(root("cnn-dot-plot"));\n\nexport default { render };\n'
    )
    code = "from cnnlib.widgets import DotPlot; print(*[path.name for path in DotPlot().SOURCES])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert done.stdout.split() == ["dom.js", "parts.js", "dot_plot.js", "widgets.css"], done.stderr
