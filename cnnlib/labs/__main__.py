"""``python -m cnnlib.labs``: the commands that students have, made of nothing but the tools that they have."""

from cnnlib import terminal
from cnnlib.labs.check import check

app = terminal.make_app("Work on the labs of the convolutional networks course.")
app.callback()(lambda: None)  # with it, the name of the command is asked for, though there is but one
terminal.add_to(app)(check)

if __name__ == "__main__":
    app(prog_name="cnnlab")
