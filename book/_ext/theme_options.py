"""Options of the theme that Jupyter Book's configuration cannot give it."""

from cnnlib import checkout


def add_options(app, config):
    config.html_theme_options.update(
        # set once, in pyproject.toml; the buttons and launch links need it
        repository_url=checkout.repository_url(),
        repository_branch="main",
        path_to_docs="book",
        use_repository_button=True,
        use_issues_button=True,
        use_download_button=True,
        navbar_persistent=[],  # no bar across the top: the search stands in the sidebar
    )
    config.html_context["default_mode"] = (
        "auto"  # light or dark as the system is, until the reader chooses
    )


def drop_thebe(app):
    """Jupyter Book loads Thebe, which needs a server, and puts its script into every page twice, an error there."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)


def setup(app):
    app.connect(
        "config-inited", add_options, priority=100
    )  # before the theme reads its options
    app.connect("builder-inited", drop_thebe, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
