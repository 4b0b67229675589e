"""The dashboard, under ``/_emulator/ui``: one page and the files it is made of.

The page holds no data: it asks the control API for everything, and sends its token where one is
needed. Every address under it that is not a file's serves the same page. Vendors add screens of
their own, see ``emulator.screens``.
"""
