"""Jobs of the small lab."""

from cnnlib.grading.runs.job import Job
from cnnlib.grading.runs.submissions import find

SECRET = bytes(range(32))
DOUBLED_ABS = {"double": "def double(x):\n    return 2 * abs(x)"}


def jobs_of(course, lab, out=None):
    """The jobs of grading what ``course`` holds, in the order of the names."""
    return [Job.of(each, lab, out or course.out, SECRET) for each in find(course.folder)[0]]
