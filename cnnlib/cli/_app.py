"""The application that every group of commands joins."""

from cnnlib import terminal

app = terminal.make_app("Read, run and check the convolutional networks course.")
command = terminal.add_to(app)
