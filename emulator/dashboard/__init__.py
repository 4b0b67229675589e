"""The dashboard, under ``/_emulator/ui``: one page and the files it is made of.

It holds no data: the page asks the control API for everything, and shows its token there if it
has to. Every address below it, but those of its files, is the same page.
"""
