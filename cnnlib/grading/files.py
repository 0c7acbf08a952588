"""Write a file so that nothing is ever half there."""


def write(path, text):
    """Write a whole file or none: an old one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.new")
    # Half a letter, as in the name of a file of another system, must not cost everything else that is to be written.
    partial.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    partial.replace(path)
