"""cnnlib: the small package under the convolutional networks course.

Read it in the lecture's order: ``conv`` and ``filters``, ``receptive_field``, ``models`` and ``complexity``,
``training`` and ``landscape``. ``data``, ``plots``, ``widgets``, ``scale``, ``claims`` and ``lecture`` serve the
notebooks; ``labs`` holds the visible checks of the labs, ``grading`` the grader; ``authoring`` makes the book, its site
and the labs; ``machine`` looks at this machine and runs the whole check of the course on it; ``cli`` is the command
``cnnlab``. Importing one module imports no other than those it needs, and PyTorch only where it is used.
ARCHITECTURE.md is the map.
"""
