"""Write a file so that nothing is ever half there, or put a copy of it aside."""

from itertools import count


def write(path, text):
    """Write a whole file or none: an old one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.new")
    # Half a letter, as in the name of a file of another system, must not cost everything else that is to be written.
    partial.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    partial.replace(path)


def copy_aside(path):
    """Copy a file beside itself, under a name that is free (grades.old.csv, grades.old-2.csv, …); returns its path."""
    for number in count(1):
        copy = path.with_name(f"{path.stem}.old{f'-{number}' if number > 1 else ''}{path.suffix}")
        if not copy.exists():
            copy.write_bytes(path.read_bytes())
            return copy
