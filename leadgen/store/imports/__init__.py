"""Leads that tenants bring: files of rows, and single leads by hand; and the businesses they do not want.

What belongs here: reading a file, recognising its rows among what the organization has, and the transactions that write them.
What does not: what a cell means (`leadgen.domain.discovery.importing_*`), and who may ask (the API's).
"""

from leadgen.store.imports.by_hand import AddedLead, add_lead
from leadgen.store.imports.choices import Choices, Counts
from leadgen.store.imports.exclusions import add_exclusion, read_exclusions, remove_exclusion
from leadgen.store.imports.reading import ImportFile, open_file
from leadgen.store.imports.recognising import record_of
from leadgen.store.imports.running import Import, Importer, Preview

__all__ = [
    "AddedLead",
    "Choices",
    "Counts",
    "Import",
    "ImportFile",
    "Importer",
    "Preview",
    "add_exclusion",
    "add_lead",
    "open_file",
    "read_exclusions",
    "record_of",
    "remove_exclusion",
]
