"""Whom to write to: recognising, merging, ranking, guessing, and when to stop looking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.enrichment.contacts import (
    Candidate,
    Judged,
    best_contact,
    by_worth,
    decision_rank,
    is_decision_maker,
    is_role_mailbox,
    learn_pattern,
    merge_candidates,
    needs_more,
    pattern_candidates,
    site_candidates,
)
from leadgen.domain.enrichment.mailbox_names import address_for, split_name
from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.people import Person
from leadgen.domain.enrichment.verification import Verdict

VALID, RISKY = Verdict("valid", "answers"), Verdict("risky", "catch-all")
INVALID, UNKNOWN = Verdict("invalid", "bounces"), Verdict("unknown", "silent")
OWNER = Candidate("Ana Ruiz", "Owner", "ana@lamar.example", "hunter")
HYGIENIST = Candidate("Ben Cole", "Hygienist", "ben@lamar.example", "site")
OFFICE = Candidate(None, None, "office@lamar.example", "site", is_role_mailbox=True)


class TestRoleMailboxes:
    @pytest.mark.parametrize(
        "email",
        ["info@x.com", "Front.Desk@x.com", "appointments2@x.com", "no-reply@x.com", "sales.north@x.com", "kontakt@x.de",
         "info+web@x.com", "alineaoffice@gmail.com", "lamardental@gmail.com"],
    )  # fmt: skip
    def test_functions(self, email: str) -> None:
        assert is_role_mailbox(email)

    @pytest.mark.parametrize(
        "email", ["ana@x.com", "ana.ruiz@x.com", "aruiz@x.com", "ar.smith@x.com", "anaruiz82@gmail.com"]
    )
    def test_people(self, email: str) -> None:
        assert not is_role_mailbox(email)


class TestRanks:
    def test_the_order_of_who_decides(self) -> None:
        titles = ["Owner & Dentist", "Co-Founder", "President", "Managing Partner", "Partner", "Practice Manager",
                  "Marketing Director", "Shift Manager", "Associate Dentist", "Receptionist"]  # fmt: skip
        assert [decision_rank(title) for title in titles] == [1, 2, 3, 3, 4, 5, 6, 7, 8, 9]

    @pytest.mark.parametrize(
        "title", ["Assistant to the Owner", "Executive Assistant", "Assistant Manager", None, "", "Dentist"]
    )
    def test_who_only_stands_near_does_not_decide(self, title: str | None) -> None:
        assert not is_decision_maker(title)

    def test_a_vice_president_is_no_president(self) -> None:
        assert decision_rank("Vice President of Sales") == 6


class TestMerging:
    def test_one_address_is_one_candidate_and_gaps_are_filled(self) -> None:
        site = Candidate(None, None, "Ana@lamar.example", "site")
        hunter = Candidate("Ana Ruiz", "Owner", "ana@lamar.example", "hunter", phone="+15124780143")
        assert merge_candidates([hunter], [site]) == (
            Candidate("Ana Ruiz", "Owner", "ana@lamar.example", "site", phone="+15124780143"),
        )

    def test_a_person_without_address_gets_the_one_of_another_source(self) -> None:
        site = Candidate("Ana Ruiz", "Owner", None, "site")
        found = merge_candidates([site], [Candidate("Ana M. Ruiz", None, "ana@lamar.example", "apollo")])
        assert found == (Candidate("Ana Ruiz", "Owner", "ana@lamar.example", "apollo"),)

    def test_two_addresses_stay_two(self) -> None:
        other = Candidate("Ana Ruiz", "Owner", "ana@gmail.com", "site")
        assert len(merge_candidates([OWNER], [other])) == 2

    def test_role_mailboxes_are_recognised(self) -> None:
        assert merge_candidates([Candidate(None, None, "INFO@lamar.example", "hunter")])[0].is_role_mailbox

    @given(
        st.lists(
            st.builds(
                Candidate,
                name=st.sampled_from([None, "Ana Ruiz", "Ben Cole"]),
                title=st.sampled_from([None, "Owner"]),
                email=st.sampled_from([None, "a@x.com", "b@x.com", "INFO@x.com"]),
                source=st.sampled_from(["site", "hunter", "apollo", "pattern"]),
            ),
            max_size=8,
        )
    )
    def test_merging_again_changes_nothing_and_no_address_is_lost(self, candidates: list[Candidate]) -> None:
        once = merge_candidates(candidates)
        assert set(merge_candidates(once)) == set(once)
        assert {c.email for c in once if c.email} == {c.email.lower() for c in candidates if c.email}


class TestSite:
    def test_addresses_go_to_the_people_whose_names_they_are(self) -> None:
        pages = [
            PageFindings("https://lamar.example/", emails=("info@lamar.example", "aruiz@lamar.example")),
            PageFindings(
                "https://lamar.example/team", people=(Person("Ana Ruiz", "Owner"), Person("Ben Cole", "Hygienist"))
            ),
        ]
        assert set(site_candidates(pages, "lamar.example")) == {
            Candidate("Ana Ruiz", "Owner", "aruiz@lamar.example", "site"),
            Candidate("Ben Cole", "Hygienist", None, "site"),
            Candidate(None, None, "info@lamar.example", "site", is_role_mailbox=True),
        }

    def test_the_web_designer_is_not_written_to(self) -> None:
        page = PageFindings("https://lamar.example/", emails=("hello@pixels.example", "lamardental@gmail.com"))
        assert [c.email for c in site_candidates([page], "lamar.example")] == ["lamardental@gmail.com"]

    def test_a_foreign_address_is_better_than_none(self) -> None:
        page = PageFindings("https://lamar.example/", emails=("office@lamar-group.example",))
        assert [c.email for c in site_candidates([page], "lamar.example")] == ["office@lamar-group.example"]


class TestPatterns:
    @pytest.mark.parametrize(
        ("name", "pattern", "address"),
        [
            ("Ana Ruiz", "{first}.{last}", "ana.ruiz@x.com"),
            ("José Núñez-Díaz", "{f}{last}", "jnunezdiaz@x.com"),
            ("Ana", "{first}", "ana@x.com"),
            ("Ana", "{first}.{last}", None),
            ("Ana Ruiz", "{nickname}", None),
            ("李", "{first}", None),
        ],
    )
    def test_addresses_by_pattern(self, name: str, pattern: str, address: str | None) -> None:
        assert address_for(name, pattern, "x.com") == address

    def test_the_pattern_most_addresses_follow_is_learnt_and_used_for_deciders(self) -> None:
        known = [
            Candidate("Ben Cole", "Hygienist", "bcole@lamar.example", "hunter"),
            Candidate("Cy Park", None, "cpark@lamar.example", "hunter"),
            Candidate("Ana Ruiz", "Owner", None, "site"),
            Candidate("Dee Low", "Assistant", None, "site"),
        ]
        assert learn_pattern(known, "lamar.example") == "{f}{last}"
        assert pattern_candidates(known, "lamar.example") == (
            Candidate("Ana Ruiz", "Owner", "aruiz@lamar.example", "pattern"),
        )

    def test_nothing_is_guessed_without_a_pattern(self) -> None:
        assert pattern_candidates([Candidate("Ana Ruiz", "Owner", None, "site")], "lamar.example") == ()

    def test_names_are_split(self) -> None:
        assert split_name("Ana de la Cruz") == ("Ana", "Cruz")
        assert split_name("Ana") == ("Ana", "")


class TestChoice:
    def test_the_owner_comes_before_the_office_and_the_office_before_staff(self) -> None:
        assert by_worth([HYGIENIST, OFFICE, OWNER]) == (OWNER, OFFICE, HYGIENIST)

    def test_only_deliverable_addresses_are_chosen(self) -> None:
        assert best_contact([Judged(OWNER, INVALID), Judged(OFFICE, UNKNOWN), Judged(HYGIENIST, None)]) is None
        assert best_contact([Judged(OWNER, UNKNOWN), Judged(OFFICE, VALID)]) == OFFICE

    def test_valid_comes_before_risky(self) -> None:
        assert best_contact([Judged(OWNER, RISKY), Judged(OFFICE, VALID)]) == OFFICE
        assert best_contact([Judged(OWNER, RISKY), Judged(OFFICE, RISKY)]) == OWNER

    @pytest.mark.parametrize(
        ("judged", "more"),
        [
            ([], True),
            ([Judged(OWNER, VALID)], False),
            ([Judged(OFFICE, VALID)], False),
            ([Judged(OWNER, RISKY), Judged(OFFICE, UNKNOWN)], True),
            ([Judged(HYGIENIST, VALID)], True),
            ([Judged(OWNER, None)], True),
        ],
    )
    def test_the_first_sufficient_source_ends_the_search(self, judged: list[Judged], more: bool) -> None:
        assert needs_more(judged) is more

    def test_a_tenant_may_want_a_person(self) -> None:
        assert needs_more([Judged(OFFICE, VALID)], accept_role_mailbox=False)
