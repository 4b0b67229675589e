"""The definitions in modules: found without a look at their expressions, which are most of them."""

import ast
from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(tree: ast.AST) -> Iterator[Definition]:
    """Yield every function and class, however deep it is defined."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        statements = getattr(tree, name, ())
        for each in statements if isinstance(statements, list) else ():
            if isinstance(each, Definition):
                yield each
            yield from definitions(each)
