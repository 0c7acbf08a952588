"""Labs of PyTorch: tensors for student code, arrays for checks, and what a clever tensor might do on its way."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cnnlib.errors import CourseError
from cnnlib.grading import results
from cnnlib.grading.checks import task as checks
from cnnlib.grading.checks.lab import load
from cnnlib.grading.checks.solution_proxy import SolutionProxy
from cnnlib.grading.sandbox.inside.tensors import NoArray, to_arrays, to_tensors
from cnnlib.grading.sandbox.packages import sources_of, with_requirements
from cnnlib.grading.sandbox.replies import CallFailed, TimedOut
from cnnlib.grading.sandbox.sandbox import Sandbox
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy
from tests.grading import tensor_lab

TASK = checks.Task(
    "task", "A task", functions=["f", "g"], classes={"Net": ["forward", "state_dict", "eval"]}, tensors=True
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tensor_lab.write_lab(tmp_path_factory.mktemp("course") / "solutions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", folder)
        return load("lab00_tensors")


@pytest.fixture(scope="module")
def warm(lab):
    with Sandbox(lab) as sandbox:
        yield sandbox


@pytest.fixture
def asked(warm):
    """Run a cell; returns (session, proxy)."""
    opened = []

    def start(source, task=TASK):
        session = Session(warm, [(0, "import torch"), (1, source)])
        opened.append(session)
        return session, StudentProxy(session, task)

    yield start
    for session in opened:
        session.__exit__()


def rng_of(name):
    return np.random.default_rng([*name.encode()])


TYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "int64", "float16", "float32", "float64")


@pytest.mark.parametrize("name", TYPES)
def test_there_and_back(name):
    array = np.arange(6).reshape(2, 3).astype(name)
    tensor = to_tensors(array)
    assert tensor.dtype == getattr(torch, name) and torch.equal(tensor, torch.tensor(array))
    back = to_arrays(tensor)
    assert back.dtype == array.dtype and np.array_equal(back, array)
    tensor[0, 0] = 1
    assert array[0, 0] == 0


def test_tensors_have_memory_of_their_own():
    array = np.arange(6.0).reshape(2, 3)
    for view in (array[::-1], array.T, array[:, 1], np.float64(3)[...], np.broadcast_to(array, (4, 2, 3))):
        tensor = to_tensors(view)
        assert np.array_equal(tensor.numpy(), view) and tensor.is_contiguous() and tensor.shape == view.shape
        tensor += 1
    assert np.array_equal(array, np.arange(6.0).reshape(2, 3))


def test_containers_keep_their_form():
    value = {"a": [np.ones(2), 3], 1: (np.zeros(()), "x", None)}
    tensors = to_tensors(value)
    assert isinstance(tensors["a"][0], torch.Tensor) and tensors["a"][1] == 3 and tensors[1][1:] == ("x", None)
    assert repr(to_arrays(tensors)) == repr(value)
    assert to_arrays(torch.nn.Linear(1, 1).load_state_dict(torch.nn.Linear(1, 1).state_dict())) == ([], [])


def test_what_has_no_array_is_refused():
    sparse = torch.eye(2).to_sparse()
    for tensor in (sparse, torch.empty(2, device="meta"), torch.ones(2, dtype=torch.bfloat16)):
        with pytest.raises(NoArray):
            to_arrays([tensor])
    with_gradient = torch.ones(2, requires_grad=True) * 2
    assert np.array_equal(to_arrays(with_gradient), [2, 2])
    assert np.array_equal(to_arrays(torch.nn.Parameter(torch.ones(2)).conj()), [1, 1])


# --- in the sandbox ---


def test_student_code_gets_tensors_and_gives_arrays(asked):
    running, student = asked("""\
def f(x, *, items, ask):
    assert type(x) is torch.Tensor and x.dtype == torch.float32 and x.is_contiguous()
    assert isinstance(items[0][1], torch.Tensor) and items[1] == {"a": 3}
    answer = ask(x, [x.new_ones(1)])
    assert answer["y"].dtype == torch.int64
    w = torch.ones(3, requires_grad=True)
    return {"y": (x * w, [answer["y"] + 1]), "shape": x.shape, "one": 1}
""")
    told = []

    def ask(*args):
        told.append(args)
        return {"y": np.array([1, 2])}

    x = np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::-1]
    answer = student.f(x, items=[(1, np.ones(2)), {"a": 3}], ask=ask)
    assert running.status == results.GRADED
    assert answer["one"] == 1 and answer["shape"] == (2, 3)
    product, [more] = answer["y"]
    assert np.array_equal(product, x) and product.dtype == np.float32 and np.array_equal(more, [2, 3])
    (given, (ones,)) = told[0]
    assert np.array_equal(given, x) and np.array_equal(ones, [1])


def test_what_student_code_changes_stays_there(asked):
    _, student = asked("def f(x):\n    x += 1\n    return x")
    x = np.zeros(3)
    assert np.array_equal(student.f(x), [1, 1, 1]) and not x.any()


def test_backward_works_in_a_fork(asked):
    running, student = asked("""\
from torch import nn
def f(x):
    assert torch.get_num_threads() == 1
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))
    loss = nn.functional.cross_entropy(net(x), torch.arange(len(x)) % 10)
    loss.backward()
    before = loss.item()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
    return nn.functional.cross_entropy(net(x), torch.arange(len(x)) % 10).item() < before
""")
    x = np.random.default_rng(0).normal(size=(64, 1, 16, 16)).astype(np.float32)
    assert student.f(x) is True
    assert running.incidents == []


def test_a_submission_may_start_threads(asked):
    running, student = asked("""\
def f(n):
    torch.set_num_threads(3)
    w = torch.ones(n, n, requires_grad=True)
    (w @ w).sum().backward()
    return w.grad[0, 0]
""")
    assert student.f(500) == 1000 and running.incidents == []


@pytest.mark.parametrize(("source", "message"), [
    ("torch.eye(2).to_sparse()", "f gave a tensor that no array can hold"),
    ("torch.empty(2, device='meta')", "f gave a tensor that no array can hold"),
    ("[torch.ones(2, dtype=torch.bfloat16)]", "f gave a tensor that no array can hold"),
    ("torch.ones(2, dtype=torch.complex64)", "f gave an array of another type"),
    ("torch.zeros(1).expand(2**40)", "f gave more data than a frame holds"),
    ("torch.zeros(2**36)", "f used up its memory"),
    ("[torch.zeros(2**27) for _ in range(9)]", "f used up its memory"),
    ("{str(i): torch.zeros(1) for i in range(200_000)}", "f gave more data than a frame holds"),
    ("(torch.ones(1) for _ in range(3))", "f gave something else"),
    ("torch.nn.Linear(2, 2)", "f gave a function or a module"),
])  # fmt: skip
def test_tensors_that_do_not_cross(asked, source, message):
    _, student = asked(f"def f():\n    return {source}\ndef g():\n    return torch.ones(2)")
    with pytest.raises(CallFailed, match=message):
        student.f()
    assert np.array_equal(student.g(), [1, 1])


def test_a_view_shows_its_own_part_alone(asked):
    _, student = asked("def f():\n    return torch.arange(10**6)[5:8], torch.ones(1).expand(2, 3)")
    view, expanded = student.f()
    assert np.array_equal(view, [5, 6, 7]) and np.array_equal(expanded, np.ones((2, 3)))


def test_a_tensor_with_ideas_of_its_own(asked):
    """It may lie about itself; what comes is plain data, or nothing, and it is compared here."""
    _, student = asked("""\
class Odd(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return cls() if function is torch.Tensor.numpy else True
    def __eq__(self, other):
        return True
def f(how):
    return torch.ones(2).as_subclass(Odd) if how else torch.nn.Parameter(torch.ones(2))
""")
    assert np.array_equal(student.f(0), [1, 1])
    with pytest.raises(CallFailed):
        student.f(1)
    assert np.array_equal(student.f(0), [1, 1])


NET = """\
class Net(torch.nn.Module):
    def __init__(self, how):
        super().__init__()
        self.how, self.w = how, torch.nn.Parameter(torch.ones(2))
    def forward(self, x):
        yield x
    def state_dict(self):
        return {str(i): i for i in range(200_000)} if self.how else super().state_dict()
"""


def test_modules_that_misbehave(asked):
    _, student = asked(NET)
    with pytest.raises(CallFailed, match="forward gave something else"):
        student.Net(0).forward(np.ones(2))
    with pytest.raises(CallFailed, match="state_dict gave more data than a frame holds"):
        student.Net(1).state_dict()
    net = student.Net(0)
    assert net.eval() is net and np.array_equal(net.state_dict()["w"], [1, 1])
    with pytest.raises(CourseError, match="declares no method train"):
        net.train()


def test_another_task_of_the_same_lab_may_use_arrays(asked):
    session, student = asked("def f(x):\n    return type(x).__name__")
    assert student.f(np.ones(2)) == "Tensor"
    plain = checks.Task("plain", "Arrays", functions=["f"])
    assert StudentProxy(session, plain).f(np.ones(2)) == "ndarray"


def test_only_labs_with_tensors_have_pytorch(lab, sandbox):
    assert "torch" in sources_of(lab) and "torch" not in sources_of(sandbox.lab)
    with Session(sandbox, [(0, "def f(x):\n    return x")]) as session, pytest.raises(CallFailed):
        StudentProxy(session, TASK).f(1)


def test_what_an_extra_asks_for_comes_along():
    """The CUDA build of PyTorch asks for its libraries so."""
    assert {"jsonschema", "rfc3339-validator"} <= set(with_requirements(["jupyter-events"]))
    assert "rfc3339-validator" not in with_requirements(["jsonschema"])


# --- the same checks in this process ---


def test_the_solution_has_every_point(lab):
    for task in lab.tasks.values():
        assert task.run(lab.solution, lab.solution, rng_of).score == task.points


def test_misconceptions_are_named(lab):
    for task in lab.tasks.values():
        for mistake in task.misconceptions:
            result = task.run(checks.substitute(lab.solution, mistake), lab.solution, rng_of)
            assert result.misconceptions == (mistake.says,) and result.score < task.points


def test_a_submission_is_judged_like_the_solution(lab, warm):
    cells = [(0, lab.setup), *((n, lab.named[name].source) for n, name in enumerate(("scale", "Line"), 1))]
    with Session(warm, cells) as session:
        for task in lab.tasks.values():
            found = task.run(StudentProxy(session, task), lab.solution, rng_of)
            assert found.score == task.points, found
    wrong = "def scale(x, factor):\n    return x + factor\nclass Line(torch.nn.Module):\n    pass"
    with Session(warm, [(0, lab.setup), (1, wrong)]) as session:
        scale, line = (t.run(StudentProxy(session, t), lab.solution, rng_of) for t in lab.tasks.values())
    assert scale.score == line.score == 0 and scale.misconceptions == ("The factor was added, not multiplied.",)
    assert line.checks[0].message.startswith("Line raised TypeError")


def test_the_adapter_copies_and_knows_what_is_declared():
    class Net(torch.nn.Linear):
        def zero(self):
            with torch.no_grad():
                self.weight.zero_()

    task = checks.Task("t", "T", classes={"Net": ["state_dict", "zero", "train"]}, tensors=True)
    net = SolutionProxy(SimpleNamespace(Net=Net), task).Net(2, 1)
    state = net.state_dict()
    net.zero()
    assert state["weight"].any() and not net.state_dict()["weight"].any() and net.train() is net
    for name in ("eval", "weight"):
        with pytest.raises(CourseError, match=f"declares no method {name}"):
            getattr(net, name)
    with pytest.raises(CourseError, match="declares no function or class f"):
        _ = SolutionProxy(SimpleNamespace(f=abs), task).f


def test_a_module_that_hangs_is_ended(asked, monkeypatch, warm):
    monkeypatch.setattr(warm.lab, "call_seconds", 1)
    _, student = asked("def f(x):\n    while True:\n        x = x * x")
    with pytest.raises(TimedOut):
        student.f(np.ones(3))
