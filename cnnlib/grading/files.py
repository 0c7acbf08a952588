"""Write a file so that nothing is ever half there."""


def write(path, text):
    """Write a whole file or none: an old one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.new")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
