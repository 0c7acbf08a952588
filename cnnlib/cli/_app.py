"""The application that every group of commands joins."""

from cnnlib import terminal

app = terminal.commands("Read, run and check the convolutional networks course.")
command = terminal.command_of(app)
