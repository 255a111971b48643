"""The house's own source, read as text and as syntax."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("leadgen", "leadgen_assets", "leadgen_api")
CODE = (*PACKAGES, "tests", "benchmarks", "sql")

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    """Every Python file under these folders of the root."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def under(path: Path, *folders: str) -> bool:
    """Whether a file lies in one of these folders of the root, or is one of these files."""
    relative = path.relative_to(ROOT)
    return any(relative.is_relative_to(folder) for folder in folders)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string literal of a module with its line, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a module imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def place(path: Path, line: int) -> str:
    """A finding as an editor can open it."""
    return f"{path.relative_to(ROOT)}:{line}"


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, Definition) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
