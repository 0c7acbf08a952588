"""The grader: student code and tests never share a process.

Read in this order: ``results`` (what is found), ``lab`` and ``checks`` (how a lab's tests are written), ``inputs``
(unforeseeable, repeatable draws), ``inside`` (what runs within the sandbox), ``packages``, ``walls`` and ``sandbox``
(what is there, and nothing else), ``session`` (one submission's process), ``proxies`` (what a check sees of it),
``submission`` (reading what was handed in), ``grade`` (one submission), ``batch`` (a folder of them), then
``gradebook``, ``feedback`` and ``report`` (telling it). ``release`` makes the labs.
"""
