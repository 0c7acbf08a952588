"""grades.json: for programs, and for the next run of the grader."""

import json

from cnnlib.grading.grades import Grades


class Json:
    """The rows as they are, check by check."""

    name = "json"
    suffix = ".json"

    def text(self, grades: Grades) -> str:
        return json.dumps(grades.rows, indent=1, ensure_ascii=False) + "\n"
