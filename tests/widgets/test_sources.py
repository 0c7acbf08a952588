"""The joining of scripts: in order, each once, with names apart; and what is refused."""

import json
import subprocess

import pytest

from cnnlib.errors import CourseError
from cnnlib.machine import javascript
from cnnlib.widgets import sources

ENTRY = "export default { render };\n"


@pytest.fixture
def figure(tmp_path):
    """A function that writes scripts {path: text}, those of figure/ and of shared/, and gives the figure's sources."""

    def write(scripts):
        for name, text in scripts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        return sources.of(str(tmp_path / "figure" / "__init__.py"))

    return write


def names(found):
    return [f"{path.parent.name}/{path.name}" for path in found]


DIAMOND = {
    "figure/figure.js": (
        'import {\n  total,\n  name as left,\n} from "./left.js";\nimport { name } from "./right.js";\n\n'
        f"const render = () => `${{left}} ${{name}} ${{total(20)}}`;\n\n{ENTRY}"
    ),
    "figure/left.js": (
        'import { add } from "../shared/add.js";\n\nconst secret = 1;\nexport const name = "left";\n\n'
        "export function total(x) {\n  return add(x, secret);\n}\n"
    ),
    "figure/right.js": (
        'import { add } from "../shared/add.js";\n\nconst secret = add(1, 1);\nexport const name = `right${secret}`;\n'
    ),
    "shared/add.js": "export const add = (a, b) => a + b;\n",
}


def test_each_script_once_after_those_that_it_imports(figure):
    found = figure(DIAMOND)
    assert names(found) == [
        "shared/add.js",
        "figure/left.js",
        "figure/right.js",
        "figure/figure.js",
        "shared/widgets.css",
    ]
    assert sources.script(found).count("(a, b) => a + b") == 1
    assert sources.script(found) == sources.script(found)


def test_joined_script_runs_with_names_apart(figure, tmp_path):
    (tmp_path / "joined.mjs").write_text(sources.script(figure(DIAMOND)))
    show = 'import figure from "./joined.mjs"; console.log(JSON.stringify(figure.render()))'
    command = [javascript.node(), "--input-type=module", "--eval", show]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout and json.loads(done.stdout) == "left right2 21", done.stderr


def test_style_of_the_figure_comes_after_the_shared_one(figure):
    found = figure({"figure/figure.js": ENTRY, "figure/figure.css": ".cnn-figure { color: red }\n"})
    assert names(found) == ["figure/figure.js", "shared/widgets.css", "figure/figure.css"]
    assert sources.style(found).endswith(".cnn-figure { color: red }\n")
    assert sources.style(found).startswith(sources.SHARED_STYLE.read_text("utf-8"))


@pytest.mark.parametrize("line", [
    'import * as all from "./other.js";',
    'import other from "./other.js";',
    'import "./other.js";',
    "import { a } from './other.js';",
    'import { a } from "other";',
    'import { a } from "https://example.org/other.js";',
    'export { a } from "./other.js";',
    "export { a };",
    "export let a = 1;",
    "export async function a() {}",
    "export class A {}",
    "export default render;",
    'const other = await import("./other.js");',
])  # fmt: skip
def test_other_forms_are_refused(figure, line):
    with pytest.raises(CourseError, match=r"figure.js, line 2: .* cannot be joined") as error:
        figure({"figure/figure.js": f"// A figure.\n{line}\n{ENTRY}", "figure/other.js": "export const a = 1;\n"})
    assert line.split()[0] in str(error.value)


@pytest.mark.parametrize(("scripts", "message"), [
    ({"figure/figure.js": "const render = 1;\n"}, r"figure.js: expected the one line `export default { render };`"),
    ({"figure/figure.js": ENTRY * 2}, r"figure.js: expected the one line"),
    ({"figure/figure.js": 'import { a } from "./b.js";\n' + ENTRY}, r"figure.js: it imports from .*b.js, which is not"),
    (
        {"figure/figure.js": 'import { a } from "./b.js";\n' + ENTRY, "figure/b.js": "export const b = 1;\n"},
        r"figure.js: it imports a from b.js, which exports no such name",
    ),
    (
        {"figure/figure.js": 'import { a } from "./b.js";\n' + ENTRY, "figure/b.js": "export const a = 1;\n" + ENTRY},
        r"b.js: expected no default export",
    ),
    (
        {
            "figure/figure.js": 'import { a } from "./a.js";\n' + ENTRY,
            "figure/a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
            "figure/b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
        },
        r"in a circle, a.js → b.js → a.js",
    ),
])  # fmt: skip
def test_what_cannot_be_joined_says_why(figure, scripts, message):
    with pytest.raises(CourseError, match=message):
        figure(scripts)


def test_a_figure_without_its_script(figure, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"figure.js"):
        sources.of(str(tmp_path / "figure" / "__init__.py"))
