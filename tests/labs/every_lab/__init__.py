"""Tests that every lab has to pass. A lab's folder takes them by its file ``test_bank.py``, which imports them."""
