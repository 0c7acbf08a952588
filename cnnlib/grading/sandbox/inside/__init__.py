"""What runs within the sandbox. Nothing here knows an answer, and nothing here is believed.

``wire`` is shared by both sides of the wall; it imports nothing of cnnlib, nor do the others.
"""
