"""Bring the repository's address, set once in ``pyproject.toml``, into the theme's buttons and launch links."""

from cnnlib.authoring import checkout


def add_facts(app, config):
    config.html_theme_options.update(
        repository_url=checkout.repository_url(),
        repository_branch="main",
        path_to_docs="book",
        use_repository_button=True,
        use_issues_button=True,
        use_download_button=True,
    )


def setup(app):
    app.connect("config-inited", add_facts, priority=100)  # before the theme reads its options
    return {"parallel_read_safe": True, "parallel_write_safe": True}
