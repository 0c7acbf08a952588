"""A widget on a page, with no kernel: what it shows, and the state that the page stores for it."""

import base64
import json

import numpy as np

ROUNDING = 6e-4  # three decimals are shown


class Widget:
    """The first widget of its kind on a page: its fields, its answers, and the state that it started from."""

    def __init__(self, page, url, kind, name):
        self.page = page
        page.goto(url)
        self.root = page.locator(f".cnn-{kind}").first
        self.root.wait_for(timeout=20_000)
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(error))  # Playwright takes no built-in method
        self.state = self._stored(name)

    def _stored(self, name):
        script = "script[type='application/vnd.jupyter.widget-%s+json']"
        models = json.loads(self.page.locator(script % "state").first.text_content())["state"]
        for view in self.page.locator(script % "view").all_text_contents():
            model = models[json.loads(view)["model_id"]]
            if model["state"].get("_anywidget_id", "").endswith(name):
                buffers = {b["path"][0]: base64.b64decode(b["data"]) for b in model.get("buffers", [])}
                return model["state"] | buffers
        raise AssertionError(f"no {name} on {self.page.url}")

    def field(self, name):
        return self.root.locator(f"[data-input='{name}']")

    def set(self, name, value):
        self.field(name).fill(str(value))

    def seen(self):
        return Seen(self.root)

    def text(self, name):
        return self.seen().text(name)

    def number(self, name):
        return self.seen().number(name)


class Seen:
    """All answers and fields of a widget at one moment, read in one go because each question to a browser is slow."""

    def __init__(self, root):
        read = "%s: Object.fromEntries([...root.querySelectorAll('[data-%s]')].map(e => [e.dataset.%s, %s]))"
        parts = [
            read % ("answers", "answer", "answer", "e.textContent"),
            read % ("fields", "input", "input", "['radio', 'checkbox'].includes(e.type) ? e.checked : e.value"),
            "taps: [...root.querySelectorAll('input.cnn-tap')].map(e => e.dataset.input)",
        ]
        self.__dict__ = root.evaluate(f"root => ({{{', '.join(parts)}}})")

    def text(self, name):
        return self.answers[name]

    def number(self, name):
        return as_number(self.answers[name])

    def value(self, name):
        return float(self.fields[name])

    def matrix(self, name):
        places = [tuple(map(int, field.split("-")[1:])) for field in self.fields if field.startswith(f"{name}-")]
        rows, columns = np.max(places, axis=0) + 1
        assert len(places) == rows * columns
        return np.array([[self.value(f"{name}-{i}-{j}") for j in range(columns)] for i in range(rows)])


def as_number(text):
    return float(text.replace("−", "-"))


def value_of(arithmetic):
    """Both sides of a line such as 2·(−1) + 0.5·3 = −0.5, the left one worked out."""
    left, right = arithmetic.split(" = ")
    products = [[as_number(factor.strip("()")) for factor in term.split("·")] for term in left.split(" + ")]
    return sum(np.prod(factors) for factors in products), as_number(right)
