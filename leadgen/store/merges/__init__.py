"""Two prospects become one, and two again; pairs a person looks at; companies with many locations.

What belongs here: the transactions. Which pairs are alike and what a merge moves are rules of `leadgen/domain/identity`.
"""

from leadgen.store.merges.companies import record_companies
from leadgen.store.merges.merging import DecisionRefused, UnknownProspects, merge_prospects, undo_merge
from leadgen.store.merges.reviews import Decision, ReviewPair, decide_review, kept_apart, record_reviews

__all__ = [
    "Decision",
    "DecisionRefused",
    "ReviewPair",
    "UnknownProspects",
    "decide_review",
    "kept_apart",
    "merge_prospects",
    "record_companies",
    "record_reviews",
    "undo_merge",
]
