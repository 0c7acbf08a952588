"""The one error that the user can mend."""


class CourseError(Exception):
    """Something that the user can mend; the message says how. The command line shows it without a traceback."""
