"""``python -m cnnlib.cli``: the command ``cnnlab``, for a Python that runs another one."""

from cnnlib.cli import app

if __name__ == "__main__":
    app()
