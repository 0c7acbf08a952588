"""The command ``cnnlab`` as tests call it."""

from typer.testing import CliRunner

from cnnlib import cli


def cnnlab(*arguments):
    """Its exit code, and what it said, with one blank between words."""
    result = CliRunner().invoke(cli.app, list(arguments))
    return result.exit_code, " ".join(result.output.split())
