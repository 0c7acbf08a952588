"""cnnlib: the small package under the convolutional networks course.

Read it in the lecture's order: ``conv`` and ``filters``, then ``receptive_field``. ``data``, ``plots``, ``widgets``,
``scale`` and ``lecture`` serve the notebooks; ``authoring`` builds, executes and checks the book; ``cli`` is the
command ``cnnlab``. Importing one module imports no other than those it needs, and PyTorch only where it is used.
"""
