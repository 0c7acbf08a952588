"""What a student wrote is shown as text by nbgrader's own page for grading, which has the instructor's rights."""

from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from cnnlib.grading.notebooks import verdict
from cnnlib.grading.notebooks.stored_notebook import verbatim
from cnnlib.grading.results import CheckResult, TaskResult

STRANGE = [
    "<script>alert('x1')</script>",
    "<img src=x onerror=alert('x2')>",
    "[press](javascript:alert('x3'))",
    "<iframe src='https://a.example/x4'></iframe>",
    "![x5](https://a.example/x5.png)",
    "<a href='javascript:alert(6)' onclick='alert(6)'>x6</a>",
    "```\n</code></pre><script>alert('x7')</script>",
    "``````\n<script>alert('x8')</script>\n``````",
    "~~~\n<script>alert('x9')</script>",
    "</pre></div><script>alert('x10')</script>",
    "$\\href{javascript:alert(1)}{x11}$",
    "$$\n<script>alert('x12')</script>\n$$",
    "```mermaid\ngraph TD; x13-->B\n```",
    "\r```\r<script>alert('x14')</script>",
    "    <script>alert('x15')</script>\n\n- <b onmouseover=alert(1)>x15</b>",
    "<!-- x16",
    "[x17]: https://a.example 'title'\n[x17] https://a.example/x17",
]
HOSTS = ("http:", "https:", "//", "javascript:", "data:")


class Page(HTMLParser):
    """What a browser would do with a page: run scripts, follow addresses, draw formulas; and what it shows."""

    def __init__(self, text):
        super().__init__()
        self.events, self.addresses, self.tags, self.text = [], [], [], ""
        self.formulas, self.within, self.diagrams = "", [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        attributes = dict(attributes)
        kinds = (attributes.get("class") or "").split()
        if tag in ("pre", "code") or "tex2jax_ignore" in kinds:
            self.within.append(tag)  # MathJax leaves these alone
        self.diagrams += "mermaid" in kinds
        self.events += [name for name in attributes if name.startswith("on")]
        named = (attributes.get(name) or "" for name in ("src", "href", "data", "action"))
        self.addresses += [address for address in named if address.startswith(HOSTS)]

    def handle_endtag(self, tag):
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data):
        self.text += data
        self.formulas += "" if self.within else data

    def risks(self):
        """What a stranger's text could add to it."""
        counted = [tag for tag in self.tags if tag in ("script", "iframe", "img", "object", "embed", "form", "svg")]
        return counted, sorted(self.events), sorted(self.addresses), self.diagrams


def as_the_formgrader_shows(path):
    """The page that nbgrader's Formgrader makes of a stored notebook, as ``FormgradeExtension`` configures it."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    about = {"assignment_id": "lab", "notebook_id": "lab", "submission_id": "1", "index": 0, "total": 1}
    student = path.parents[1].name
    about |= {"base_url": "", "student": student, "notebook_path": str(path), "last_name": None, "first_name": None}
    return Page(HTMLExporter(config=config).from_filename(str(path), resources=about)[0])


@pytest.fixture
def page(course, graded, lab):
    """Grade ada's notebook, and look at it as the Formgrader shows it."""

    def shown(cells=None, change=None):
        course.submit("ada", cells, change)
        _, _, rows = graded()
        page = as_the_formgrader_shows(course.out / "autograded" / "ada" / lab.name / f"{lab.name}.ipynb")
        return SimpleNamespace(page=page, row=rows["ada"])

    return shown


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


def everywhere(notebook):
    """All that is strange, in every place of a notebook that is a student's."""
    for number, text in enumerate(STRANGE):
        quoted = repr(text)
        notebook.cells += [
            v4.new_markdown_cell(text),
            v4.new_raw_cell(text, metadata={"raw_mimetype": "text/html", "format": "text/html"}),
            v4.new_code_cell(f"{quoted}\nprint({quoted})"),
            v4.new_code_cell(f"raise ValueError({quoted})"),
            v4.new_markdown_cell("a name", metadata={"nbgrader": {"grade_id": text, "grade": True}, "tags": [text]}),
        ]
        notebook.cells[-1].id = f"id-{number}"
    opening = notebook.cells[0]
    opening.source += "\n\n" + "\n\n".join(STRANGE)
    show = v4.new_output("display_data", data={"text/html": STRANGE[0]})
    notebook.cells.append(v4.new_code_cell("1", outputs=[show]))


def test_nothing_of_a_student_is_more_than_text(page, course, lab):
    everything = "\n\n".join(STRANGE)
    plain = page({"open": "I think so."}).page.risks()
    (course.folder / "ada" / lab.name / f"{lab.name}.ipynb").unlink()
    (course.folder / "ada" / lab.name).rmdir()
    found = page({"open": everything}, everywhere)
    assert found.page.risks() == plain
    for line in lines(everything):
        assert line in found.page.text
    assert "x11" not in found.page.formulas and "javascript" not in found.page.formulas
    assert found.row["score"] == "7"
    assert "Lab 0: Small" in found.page.text


@pytest.mark.parametrize("text", STRANGE)
def test_an_answer_is_shown_letter_by_letter(text, tmp_path):
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(verbatim(text))])
    path = tmp_path / "ada" / "lab" / "lab.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    shown = as_the_formgrader_shows(path)
    notebook.cells = []
    nbformat.write(notebook, path)
    assert shown.risks() == as_the_formgrader_shows(path).risks()
    assert "\n".join(text.splitlines()) in shown.text


def test_the_courses_own_text_is_rendered(page):
    shown = page().page
    assert "h1" in shown.tags and "# Lab 0" not in shown.text


def test_a_verdict_sets_no_formula_of_a_student():
    check = CheckResult("one", "One.", 1, 0, "f is not defined: $\\href{javascript:alert(1)}{x}$")
    assert "href" not in Page(verdict.html(TaskResult("f", "F", (check,)))).formulas


def test_feedback_has_the_answer_without_a_fence(course, graded, lab):
    course.submit("ada", {"open": "I think <b>so</b>."})
    graded()
    text = (course.out / "feedback" / "ada" / f"{lab.name}.html").read_text(encoding="utf-8")
    assert "I think &lt;b&gt;so&lt;/b&gt;." in text and "```" not in text


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "a\\"])
def test_a_folder_with_markup_in_its_name_is_passed_over(course, graded, name):
    course.submit("ada")
    course.submit(name)
    code, output, rows = graded()
    assert code == 3 and list(rows) == ["ada"] and "rename the folder" in " ".join(output.split())
