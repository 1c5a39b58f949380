"""What becomes of the rows of imports when two sheets of the directory become one."""

from actors.doubles.registry import Rule, names_in_json, settle
from actors.imports.models import ImportRow


def register() -> None:
    """Called from `ImportsConfig.ready()`."""
    # What an import brought in stays its own, so that undoing the import never touches the sheet that stays.
    settle(ImportRow, "actor", Rule(stays=lambda row: bool(row.outcome), named=("run", "line")))
    names_in_json(ImportRow, "candidates")
