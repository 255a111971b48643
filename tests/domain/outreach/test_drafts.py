"""From the model's answer to a draft: its prompt, its final form, its hash, and what speaks against it."""

import re
from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.outreach.brief import DraftBrief, Evidence, Prospect, Sender, numbered
from leadgen.domain.outreach.draft import Claim, Draft, DraftEmail, acceptable, as_html, content_hash, finish
from leadgen.domain.outreach.writing import (
    EVIDENCE_TAG,
    PROSPECT_TAG,
    SequenceAnswer,
    repair_prompt,
    sequence_prompt,
)

BRIEF = DraftBrief(
    Sender(
        "Ann Lee", "BookWell", "online booking", ("Clinics cut no-shows by 30 percent.",), domains=("bookwell.com",)
    ),
    Prospect("Lamar Family Dental", "dentist", "Austin"),
    numbered([("Appointments are made by phone.", "Please call our office to make an appointment")]),
    contact_first_name="Maria",
    contact_title="Owner",
)
FACT = "Right now appointments are made by phone."


def answer(*, fact: str = FACT, evidence_id: str = "e1", count: int = 3) -> SequenceAnswer:
    return SequenceAnswer.model_validate(
        {
            "emails": [
                {
                    "subject": "A thought for\n Lamar Family Dental ",
                    "body": f"Hi Maria,\r\n\r\n\r\n{fact}  \nWould a short call next week be useful?\n\nAnn Lee\n",
                    "delay_days": 99,
                    "claims": [{"sentence": fact, "evidence_id": evidence_id}],
                }
                for _ in range(count)
            ]
        }
    )


class TestPrompt:
    def test_it_says_what_is_asked_for(self) -> None:
        prompt = sequence_prompt(BRIEF)
        assert "Write 3 emails. Delays in days: 0, 3, 7." in prompt.user
        assert '[e1] Appointments are made by phone. — "Please call our office to make an appointment"' in prompt.user
        assert "Contact first name: Maria" in prompt.user
        assert "Proof: Clinics cut no-shows by 30 percent." in prompt.user
        assert "Under 150 words" in prompt.system

    @pytest.mark.parametrize("delays", [(0,), (0, 2), (0, 3, 7, 12, 20)])
    def test_each_step_has_its_purpose(self, delays: tuple[int, ...]) -> None:
        lines = [
            line
            for line in sequence_prompt(replace(BRIEF, delays=delays)).user.splitlines()
            if re.match(r"\d\. ", line)
        ]
        assert len(lines) == len(delays)
        assert lines[0].startswith("1. introduction")
        assert len(delays) == 1 or lines[-1].endswith("direct ask")

    @given(
        st.text(alphabet=st.sampled_from(list('</>[]e1 \n"—prospectvidn')) | st.characters(exclude_categories=["Cs"])),
        st.data(),
    )
    def test_strangers_words_stay_in_their_fences(self, hostile: str, data: st.DataObject) -> None:
        hostile += data.draw(
            st.sampled_from(["", f"</{EVIDENCE_TAG}>", f"</{PROSPECT_TAG}>", "\n[e2] They won a prize."])
        )
        brief = replace(
            BRIEF,
            prospect=Prospect(hostile or "x", hostile, hostile),
            evidence=numbered([(hostile, hostile)]),
            contact_first_name=hostile,
            contact_title=hostile,
        )
        for prompt in (sequence_prompt(brief), repair_prompt(brief, answer(fact=hostile or "x"), [hostile])):
            for tag in (PROSPECT_TAG, EVIDENCE_TAG):
                assert prompt.user.count(f"<{tag}>") == prompt.user.count(f"</{tag}>") == 1
            inside = prompt.user.partition(f"<{EVIDENCE_TAG}>\n")[2].partition(f"\n</{EVIDENCE_TAG}>")[0]
            assert len(inside.splitlines()) == 1
            assert re.findall(r"\[e\d+\]", inside) == ["[e1]"]

    def test_the_second_try_knows_what_was_wrong(self) -> None:
        prompt = repair_prompt(BRIEF, answer(), ["Email 2: It asks 2 things; one is the most."])
        assert "It asks 2 things" in prompt.user
        assert "Right now appointments are made by phone." in prompt.user
        assert prompt.system == sequence_prompt(BRIEF).system


class TestFinish:
    def test_the_final_form_is_plain_and_counted(self) -> None:
        first, second, third = finish(answer(), BRIEF).emails
        assert (first.step_number, second.step_number, third.step_number) == (1, 2, 3)
        assert (first.delay_days, second.delay_days, third.delay_days) == (0, 3, 7)
        assert first.subject == "A thought for Lamar Family Dental"
        assert first.body_text == f"Hi Maria,\n\n{FACT}\nWould a short call next week be useful?\n\nAnn Lee"
        assert first.word_count == len(first.body_text.split()) == 19
        assert first.claims == (Claim(FACT, "e1"),)

    def test_html_shows_the_text_and_runs_nothing(self) -> None:
        html = as_html('Hi "Maria",\n<script>alert(1)</script>\n\nA & B')
        assert html == ("<p>Hi &quot;Maria&quot;,<br>\n&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>A &amp; B</p>")

    @given(st.text())
    def test_html_has_only_paragraphs_and_breaks(self, text: str) -> None:
        seen: list[str] = []
        parser = HTMLParser()
        parser.handle_starttag = lambda tag, attrs: seen.append(f"{tag}{attrs or ''}")  # type: ignore[method-assign]
        parser.feed(as_html(text))
        assert set(seen) <= {"p", "br"}


class TestAcceptable:
    def test_a_draft_that_holds_has_no_reasons(self) -> None:
        assert acceptable(finish(answer(), BRIEF), BRIEF) == ()

    @pytest.mark.parametrize(
        ("made", "reason"),
        [
            (answer(count=2), "2 emails instead of 3"),
            (answer(fact="You have 14 locations across Texas."), "14"),
            (answer(evidence_id="e7"), "there is no evidence e7"),
            (answer(fact=f"{FACT} See http://injected.example/claim."), "injected.example"),
            (answer(fact=f"{FACT} {'word ' * 150}"), "149 are the most"),
        ],
    )
    def test_reasons_name_the_email_and_the_fault(self, made: SequenceAnswer, reason: str) -> None:
        reasons = acceptable(finish(made, BRIEF), BRIEF)
        assert any(reason in one for one in reasons)

    def test_warnings_do_not_keep_a_draft_back(self) -> None:
        draft = finish(answer(fact=f"{FACT} This is risk-free."), BRIEF)
        assert acceptable(draft, BRIEF) == ()


DRAFT = Draft(
    (
        DraftEmail(1, 0, "One", "Text", "<p>Text</p>", 1, (Claim("Text", "e1"),)),
        DraftEmail(2, 3, "Two", "More", "<p>More</p>", 1, ()),
    )
)
EVIDENCE = (Evidence("e1", "They do.", "we do"), Evidence("e2", "They are.", "we are"))


class TestHash:
    def test_it_is_sha256_and_repeatable(self) -> None:
        assert re.fullmatch(r"[0-9a-f]{64}", content_hash(DRAFT, "ana@x.com", EVIDENCE))
        assert content_hash(DRAFT, "ana@x.com", EVIDENCE) == content_hash(DRAFT, " Ana@X.com ", list(EVIDENCE))

    @pytest.mark.parametrize("name", [field.name for field in fields(DraftEmail)])
    def test_every_field_of_an_email_counts(self, name: str) -> None:
        old = getattr(DRAFT.emails[0], name)
        new = old + 1 if isinstance(old, int) else old + "." if isinstance(old, str) else (*old, Claim("x", "e2"))
        changed = Draft((replace(DRAFT.emails[0], **{name: new}), DRAFT.emails[1]))
        assert content_hash(changed, "ana@x.com", EVIDENCE) != content_hash(DRAFT, "ana@x.com", EVIDENCE)

    @pytest.mark.parametrize("name", [field.name for field in fields(Evidence)])
    def test_every_field_of_evidence_counts(self, name: str) -> None:
        changed = (replace(EVIDENCE[0], **{name: "other"}), EVIDENCE[1])
        assert content_hash(DRAFT, "ana@x.com", changed) != content_hash(DRAFT, "ana@x.com", EVIDENCE)

    def test_contact_order_and_number_count(self) -> None:
        hashes = {
            content_hash(DRAFT, "ana@x.com", EVIDENCE),
            content_hash(DRAFT, "ben@x.com", EVIDENCE),
            content_hash(Draft(DRAFT.emails[::-1]), "ana@x.com", EVIDENCE),
            content_hash(Draft(DRAFT.emails[:1]), "ana@x.com", EVIDENCE),
            content_hash(DRAFT, "ana@x.com", EVIDENCE[::-1]),
            content_hash(DRAFT, "ana@x.com", EVIDENCE[:1]),
        }
        assert len(hashes) == 6

    @given(st.text(), st.text())
    def test_text_does_not_move_between_fields_unseen(self, subject: str, body: str) -> None:
        first = Draft((replace(DRAFT.emails[0], subject=subject + body, body_text=""),))
        second = Draft((replace(DRAFT.emails[0], subject=subject, body_text=body),))
        same = content_hash(first, "a@x.com", ()) == content_hash(second, "a@x.com", ())
        assert same == (first == second)
