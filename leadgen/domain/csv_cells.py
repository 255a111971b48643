"""Cells of a CSV file that people open in a spreadsheet: none may be taken for a formula."""

# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection)
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def formula_safe(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would compute it."""
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell
