"""Configuration of nbgrader: its commands work in this folder, on the same sources and releases as `cnnlab`."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader defines it where it reads this file

root = Path(__file__).resolve().parent
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "cnn-lab-course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
# Beside a source notebook stand its hidden checks: nothing but the notebook itself is ever copied to students.
c.CourseDirectory.ignore = ["checks", "*.py", "*.pyc", "__pycache__", ".*", "feedback"]
# For `nbgrader zip_collect`: what Canvas and Moodle call the files in their archives of submissions.
#   lovelaceada_LATE_4711_815_lab01_convolution-1.ipynb
#   Ada Lovelace_4711_assignsubmission_file_/lab01_convolution.ipynb (older versions of Moodle: no folder)
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^/_]+)(_LATE)?_\d+_(\d+_|assignsubmission_file_?/?)(?P<file_id>[^/]+?)(-\d+)?\.ipynb"
)
# Where nbgrader would run student code and tests in one process, the course's sandbox takes their place.
c.Autograde.autograde_preprocessors = [
    "cnnlib.grading.nbgrader.step.TrustedChecks",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
