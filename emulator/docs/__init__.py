"""The guides of the program, as Markdown files, and the code that finds and renders them."""
