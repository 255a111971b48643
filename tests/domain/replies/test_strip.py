"""The answer is told from the mail it answers, whichever program and language announced the quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.replies.strip import strip_reply

ANNOUNCEMENTS = [
    "On Tue, Jun 30, 2026 at 4:58 PM Tom Sales <tom@ours.example> wrote:",
    "On Tue, Jun 30, 2026 at 4:58 PM Tom Sales\n<tom@ours.example> wrote:",
    "Am Di., 30. Juni 2026 um 16:58 Uhr schrieb Tom Sales <tom@ours.example>:",
    "Am 30.06.2026 um 16:58 schrieb Tom Sales:",
    "Le mar. 30 juin 2026 à 16:58, Tom Sales <tom@ours.example> a écrit :",
    "El mar, 30 jun 2026 a las 16:58, Tom Sales (<tom@ours.example>) escribió:",
    "Em ter., 30 de jun. de 2026 às 16:58, Tom Sales <tom@ours.example> escreveu:",
    "Il giorno mar 30 giu 2026 alle ore 16:58 Tom Sales <tom@ours.example> ha scritto:",
    "Op di 30 jun 2026 om 16:58 schreef Tom Sales <tom@ours.example>:",
    "Den tis 30 juni 2026 kl 16:58 skrev Tom Sales <tom@ours.example>:",
    "wt., 30 cze 2026 o 16:58 Tom Sales <tom@ours.example> napisał(a):",
    "вт, 30 июн. 2026 г. в 16:58, Tom Sales <tom@ours.example>:",
    "2026年6月30日(火) 16:58 Tom Sales <tom@ours.example>:",
    "Tom Sales <tom@ours.example> 于2026年6月30日周二 16:58写道：",
    "2026년 6월 30일 (화) 오후 4:58, Tom Sales <tom@ours.example>님이 작성:",
    "-----Original Message-----",
    "-------- Ursprüngliche Nachricht --------",
    "----- Message d'origine -----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "-------- Original message --------From: Tom Date: 6/30/26  4:58 PM  (GMT-06:00) To: ann@clinic.example",
    "From: Tom Sales <tom@ours.example>\nSent: Tuesday, June 30, 2026 4:58 PM\nTo: Ann\nSubject: hello\n",
    "________________________________\nVon: Tom Sales\nGesendet: Dienstag, 30. Juni 2026\nAn: Ann\nBetreff: hello\n",
    "De : Tom Sales <tom@ours.example>\nEnvoyé : mardi 30 juin 2026 16:58\nÀ : Ann\nObjet : hello\n",
    "*De:* Tom Sales\n*Enviado:* martes, 30 de junio de 2026\n*Para:* Ann\n*Asunto:* hello\n",
    "差出人: Tom Sales\n送信日時: 2026年6月30日\n宛先: Ann\n件名: hello\n",
]


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_is_announced_as_quoted_is_taken_away(announcement: str, mark: str) -> None:
    text = f"Yes, please.\nAnn\n\n{announcement}\n\n{mark}Dear Ann,\n{mark}shall we?\n"
    stripped = strip_reply(text)
    assert stripped.reply == "Yes, please.\nAnn"
    assert "shall we?" in stripped.quoted


@pytest.mark.parametrize("announcement", [each for each in ANNOUNCEMENTS if "rote:" in each or "chrieb" in each])
def test_an_answer_below_the_quote_is_kept_alone(announcement: str) -> None:
    assert strip_reply(f"{announcement}\n> shall we?\n\nYes, please.").reply == "Yes, please."


def test_answers_within_a_quote_keep_it() -> None:
    text = "> Do you want it?\n\nYes.\n\n> And when?\n\nMonday."
    assert strip_reply(text).reply == text


def test_a_quote_at_the_end_needs_no_announcement() -> None:
    assert strip_reply("Fine.\n\n> shall we?\n> Tom").reply == "Fine."


@pytest.mark.parametrize(
    "trailer",
    [
        "Sent from my iPhone",
        "Envoyé de mon iPhone",
        "Von meinem iPhone gesendet",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "iPhoneから送信",
        "发自我的 iPhone",
        "Get Outlook for iOS",
        "Sent from Yahoo Mail on Android",
        "-- \nAnn Smith\nClinic",
        "________________________________",
    ],
)
def test_signatures_and_programs_trailers_are_taken_away(trailer: str) -> None:
    assert strip_reply(f"Fine with me.\n\n{trailer}\n").reply == "Fine with me."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I told them what my boss wrote: buy it.",
        "From what I see, we need it.\nTo be clear: yes.",
        "My plan - and it is a good one - stands.",
        "I sent it from the office with a note.",
        "Date: Monday works.\nTime: 3 pm",
    ],
)
def test_a_persons_sentences_are_not_taken_for_a_quote(text: str) -> None:
    assert strip_reply(text).reply == text


@given(st.text(alphabet=st.sampled_from("ab >:\n-_.@w"), max_size=120))
def test_no_word_is_lost(text: str) -> None:
    stripped = strip_reply(text)
    assert sorted(text.split()) == sorted(f"{stripped.reply} {stripped.quoted}".split())


@given(
    st.lists(st.sampled_from(["Yes", "> no", "", "On 1/2/2026 Tom <t@o.example> wrote:", "--", "From: a", "Sent: b"]))
)
def test_stripping_twice_changes_nothing_more_where_no_quote_stays(lines: list[str]) -> None:
    once = strip_reply("\n".join(lines)).reply
    if ">" not in once:
        assert strip_reply(once).reply == once
