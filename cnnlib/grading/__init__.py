"""The grader: student code and tests never share a process.

Data pass one way through its rooms, and no room imports a later one:

``checks``     labs, their tasks and checks, unforeseeable draws (``results`` and ``rejection`` are what these find)
``sandbox``    the process that student code runs in, and calls of what it defines; ``inside`` is what runs within
``notebooks``  what was handed in is read; what was found is written, for nbgrader and as a page of feedback
``runs``       submissions become jobs, plain data; executors do them, here or on another machine
``exports``    ``grades``, plain data too, in the forms that others read
``nbgrader``   its gradebook, and the step of it that is replaced

``writer`` alone writes what submissions share, and ``grade_folder`` is all of it together: ``cnnlab grade``.
"""
