"""A page read whole: contacts from the markup as it came, facts, links and technologies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.domain.enrichment.emails import decode_cloudflare
from leadgen.domain.enrichment.markup import decode_html
from leadgen.domain.enrichment.page import PageFindings, read_page
from leadgen.domain.enrichment.technologies import RULES_VERSION
from leadgen.domain.enrichment.technology_rules import RULES

URL = "https://lamardental.example/"


def page(body: str, head: str = "", **arguments: object) -> PageFindings:
    return read_page(f"<html lang=en><head>{head}</head><body>{body}</body></html>", URL, **arguments)  # type: ignore[arg-type]


def cloudflare(address: str, key: int = 0x42) -> str:
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


class TestEmails:
    @pytest.mark.parametrize(
        "markup",
        [
            '<a href="mailto:Ana@LamarDental.example?subject=Hi">write</a>',
            '<a href="MAILTO:ana%40lamardental.example">write</a>',
            '<a href="&#109;&#97;ilto&#58;ana&#64;lamardental.example">write</a>',
            "<p>Write to ana@lamardental.example.</p>",
            "<p>ana&#64;lamardental&#46;example</p>",
            "<p>ana (at) lamardental.example</p>",
            "<p>ana [at] lamardental [dot] example</p>",
            "<p>ana at lamardental dot example</p>",
            "<p>ana @ lamardental.example</p>",
            "<p>ana<span>@</span>lamardental.example</p>",
            f'<span class="__cf_email__" data-cfemail="{cloudflare("ana@lamardental.example")}">[protected]</span>',
            f'<a href="/cdn-cgi/l/email-protection#{cloudflare("ana@lamardental.example")}">x</a>',
            "<script>document.write('<a href=\"mailto:ana@lamardental.example\">')</script>",
            '<script type="application/ld+json">{"@type":"Dentist","email":"ana@lamardental.example"}</script>',
        ],
    )
    def test_every_common_spelling_is_read(self, markup: str) -> None:
        assert page(markup).emails == ("ana@lamardental.example",)

    @pytest.mark.parametrize(
        "markup",
        [
            '<img src="/images/logo@2x.png" alt="logo@2x.png">',
            "<p>Follow us @ facebook.com and meet us at noon dot</p>",
            "<p>you@example.com your@email.com</p>",
            "<script>Sentry.init({dsn:'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1'})</script>",
            "<p>We are at Lamar and 5th. Visit us at the market.</p>",
        ],
    )
    def test_what_only_looks_like_an_address_is_not_read(self, markup: str) -> None:
        assert page(markup).emails == ()

    @given(
        st.from_regex(r"[a-z][a-z0-9.]{0,20}@[a-z]{2,12}\.com", fullmatch=True),
        st.integers(min_value=0, max_value=255),
    )
    def test_cloudflare_codes_decode_to_what_was_encoded(self, address: str, key: int) -> None:
        assert decode_cloudflare(cloudflare(address, key)) == address


class TestPhones:
    @pytest.mark.parametrize(
        "markup",
        [
            '<a href="tel:+15124780143">Call</a>',
            '<a href="tel:512-478-0143">Call</a>',
            "<p>(512) 478-0143</p>",
            "<p>512.478.0143 ext. 9</p>",
            '<a href="https://wa.me/15124780143">WhatsApp</a>',
            '<script type="application/ld+json">{"@type":"Dentist","telephone":"512 478 0143"}</script>',
        ],
    )
    def test_numbers_are_e164(self, markup: str) -> None:
        assert page(markup).phones == ("+15124780143",)

    def test_the_region_reads_national_numbers(self) -> None:
        assert page("<p>Tel. 030 901820</p>", region="DE").phones == ("+4930901820",)

    def test_faxes_stand_last_and_are_marked(self) -> None:
        found = page("<p>Fax: (512) 478-0199</p><p>Phone: (512) 478-0143</p>")
        assert found.phones == ("+15124780143", "+15124780199")
        assert found.faxes == ("+15124780199",)

    def test_the_label_may_be_the_line_before(self) -> None:
        assert page("<dl><dt>Fax</dt><dd>(512) 478-0199</dd></dl>").faxes == ("+15124780199",)


class TestPeople:
    @pytest.mark.parametrize(
        ("markup", "name", "title"),
        [
            ("<h3>Ana Ruiz</h3><p>Owner &amp; Dentist</p>", "Ana Ruiz", "Owner & Dentist"),
            ("<h3>Dr. Ana Ruiz, DDS</h3>", "Ana Ruiz", "Dentist"),
            ("<p>Ana Ruiz, Practice Manager</p>", "Ana Ruiz", "Practice Manager"),
            ("<p>Owner: Ana Ruiz</p>", "Ana Ruiz", "Owner"),
            ("<p>Ana Ruiz (Founder)</p>", "Ana Ruiz", "Founder"),
            ("<p>Ana de la Cruz<br>Office Manager</p>", "Ana de la Cruz", "Office Manager"),
            ("<p>Since 1998 the shop has been owned and operated by Ana Ruiz.</p>", "Ana Ruiz", "Owner"),
            (
                '<script type="application/ld+json">{"@type":"Person","name":"Ana Ruiz","jobTitle":"Owner"}</script>',
                "Ana Ruiz",
                "Owner",
            ),
            (
                '<script type="application/ld+json">{"@type":"Dentist","founder":{"name":"Ana Ruiz"}}</script>',
                "Ana Ruiz",
                "Founder",
            ),
            (
                '<p itemscope itemtype="http://schema.org/Person"><b itemprop=name>Ana Ruiz</b><i itemprop=jobTitle>Owner</i>',
                "Ana Ruiz",
                "Owner",
            ),
        ],
    )
    def test_names_with_titles_are_read(self, markup: str, name: str, title: str) -> None:
        assert [(person.name, person.title) for person in page(markup).people] == [(name, title)]

    def test_each_card_keeps_its_own_title(self) -> None:
        cards = "".join(
            f"<div><h3>{name}</h3><p>{title}</p></div>"
            for name, title in [("Ana Ruiz", "Owner"), ("Ben Cole", "Hygienist"), ("Cleo Park", "Office Manager")]
        )
        assert [(person.name, person.title) for person in page(cards).people] == [
            ("Ana Ruiz", "Owner"),
            ("Ben Cole", "Hygienist"),
            ("Cleo Park", "Office Manager"),
        ]

    def test_titles_may_stand_above_the_names(self) -> None:
        cards = "<p>Owner</p><h3>Ana Ruiz</h3><p>Hygienist</p><h3>Ben Cole</h3>"
        assert [(person.name, person.title) for person in page(cards).people] == [
            ("Ana Ruiz", "Owner"),
            ("Ben Cole", "Hygienist"),
        ]

    @pytest.mark.parametrize(
        "markup",
        [
            "<h2>Our Team</h2><p>Meet the manager</p>",
            "<h2>Family Dental Care</h2><p>General Dentist</p>",
            "<p>Privacy Policy</p><p>Site manager</p>",
            '<script type="application/ld+json">{"@type":"Review","author":{"@type":"Person","name":"Joe Low"}}</script>',
        ],
    )
    def test_headings_and_reviewers_are_no_staff(self, markup: str) -> None:
        assert page(markup).people == ()


class TestFacts:
    def test_address_hours_and_year_from_schema_org(self) -> None:
        found = page(
            """<script type="application/ld+json">{"@graph":[{"@type":["Dentist","LocalBusiness"],
            "foundingDate":"1987-05-01","address":{"@type":"PostalAddress","streetAddress":"12 Lamar Blvd",
            "addressLocality":"Austin","addressRegion":"TX","postalCode":"78701"},
            "openingHoursSpecification":[{"@type":"OpeningHoursSpecification","dayOfWeek":
            ["https://schema.org/Monday","https://schema.org/Tuesday"],"opens":"09:00:00","closes":"17:00:00"}]}]}
            </script>"""
        )
        assert found.address == "12 Lamar Blvd, Austin, TX 78701"
        assert found.opening_hours == ("Monday, Tuesday 09:00-17:00",)
        assert found.year_founded == 1987
        assert found.schema_types[:2] == ("Dentist", "LocalBusiness")

    def test_address_hours_and_year_from_the_text(self) -> None:
        found = page(
            "<p>Serving Austin families since 1987.</p><address>12 Lamar Blvd<br>Austin, TX 78701</address>"
            "<table><tr><td>Monday</td><td>9 am - 5 pm</td></tr><tr><td>Sunday</td><td>closed</td></tr></table>"
            "<p>&copy; 2004-2019 Lamar Dental</p>"
        )
        assert found.address == "12 Lamar Blvd, Austin, TX 78701"
        assert found.opening_hours == ("Monday | 9 am - 5 pm", "Sunday | closed")
        assert found.year_founded == 1987
        assert found.copyright_year == 2019

    def test_title_description_language_and_viewport(self) -> None:
        found = page(
            "<p>Hola</p>",
            '<title> Lamar\n Dental </title><meta name="Description" content="Gentle care">'
            '<meta name=viewport content="width=device-width">',
        )
        assert (found.title, found.description, found.has_viewport) == ("Lamar Dental", "Gentle care", True)
        assert found.language == "en"

    def test_the_words_decide_where_a_template_declares_english(self) -> None:
        german = (
            "<p>Wir sind für Sie da und freuen uns auf Ihren Besuch in der Praxis, die mit der Bahn zu erreichen ist."
        )
        assert (
            page(f"{german} Die Termine sind von Montag bis Freitag für alle und mit oder ohne Anmeldung.</p>").language
            == "de"
        )

    def test_broken_json_and_markup_are_survived(self) -> None:
        found = page('<script type="application/ld+json">{"@type": </script><div><p>call 512-478-0143<table><b>')
        assert found.phones == ("+15124780143",)

    @settings(max_examples=200)
    @given(st.text(max_size=400))
    def test_any_text_can_be_read(self, html: str) -> None:
        read_page(html, URL)

    @pytest.mark.parametrize(
        "href", ["https://[", "//[::1", "http://\u2100.com/", "https://x.com:port/", "http://[facebook.com"]
    )
    def test_addresses_that_no_parser_takes_are_passed_over(self, href: str) -> None:
        found = page(f'<a href="{href}">Contact</a><a href="/contact">Contact</a>')
        assert found.contact_pages == (f"{URL}contact",)

    def test_a_base_that_no_parser_takes_is_passed_over(self) -> None:
        assert page('<a href="/contact">Contact</a>', '<base href="https://[">').contact_pages == (f"{URL}contact",)

    def test_deep_nesting_is_survived(self) -> None:
        assert read_page("<div>" * 30_000 + "ana@lamardental.example", URL).emails == ("ana@lamardental.example",)


class TestLinks:
    def test_profiles_are_told_from_share_buttons(self) -> None:
        found = page(
            '<a href="https://www.facebook.com/sharer/sharer.php?u=x">share</a>'
            '<a href="https://www.facebook.com/lamardental">f</a><a href="https://twitter.com/intent/tweet?url=x">t</a>'
            '<a href="https://www.instagram.com/lamardental/">i</a><a href="https://www.yelp.com/biz/lamar">y</a>'
            '<script type="application/ld+json">{"@type":"Dentist","sameAs":["https://x.com/lamardental"]}</script>'
        )
        assert found.social == {
            "x": "https://x.com/lamardental",
            "facebook": "https://www.facebook.com/lamardental",
            "instagram": "https://www.instagram.com/lamardental/",
            "yelp": "https://www.yelp.com/biz/lamar",
        }

    def test_pages_worth_reading_next_are_of_the_same_site(self) -> None:
        found = page(
            '<a href="/contact-us">Contact</a><a href="/about/our-team">Team</a><a href="/p/7">Meet the doctor</a>'
            '<a href="https://other.example/contact">Contact</a><a href="/team.pdf">Team</a><a href="#contact">x</a>'
        )
        assert found.contact_pages == (f"{URL}contact-us",)
        assert found.team_pages == (f"{URL}about/our-team", f"{URL}p/7")

    def test_a_base_address_is_heeded(self) -> None:
        found = page('<a href="contact.html">Contact</a>', '<base href="https://lamardental.example/site/">')
        assert found.contact_pages == ("https://lamardental.example/site/contact.html",)


class TestTechnologies:
    def test_marks_of_many_kinds_are_recognised(self) -> None:
        found = page(
            '<script src="https://assets.calendly.com/assets/external/widget.js"></script>'
            '<script>(function(){var s="https://embed.tawk.to/1/default"})()</script>'
            '<a href="https://www.opentable.com/lamar">Reserve</a>',
            '<meta name="generator" content="WordPress 6.8"><link href="/wp-content/plugins/woocommerce/a.css">'
            "<script>fbq('init','1')</script><script async src='https://www.googletagmanager.com/gtag/js?id=G-1'></script>",
        )
        names = {technology.name for technology in found.technologies}
        assert names == {
            "WordPress", "WooCommerce", "Calendly", "OpenTable", "Tawk.to", "Meta Pixel", "Google Analytics",
        }  # fmt: skip
        assert (found.cms, found.ecommerce) == ("WordPress", "WooCommerce")
        assert found.has_booking
        assert found.has_chat
        assert found.has_analytics
        assert found.has_pixel
        assert found.rules_version == RULES_VERSION

    def test_headers_and_cookies_tell_back_ends(self) -> None:
        found = page("<p>x</p>", headers={"Server": "cloudflare", "Set-Cookie": "PHPSESSID=1; path=/"})
        assert {technology.name for technology in found.technologies} == {"Cloudflare", "PHP"}

    def test_a_mention_is_no_use(self) -> None:
        found = page('<p>We like Calendly and WordPress.</p><a href="https://wordpress.org">WordPress</a>')
        assert found.technologies == ()

    def test_rules_are_lower_case_and_name_each_technology_in_one_category(self) -> None:
        marks = [mark for rule in RULES for mark in (*rule.hosts, *rule.linked, *rule.markup, *rule.generators)]
        assert [mark for mark in marks if mark != mark.lower() or not mark] == []
        categories = {rule.name: rule.category for rule in RULES}
        assert [rule.name for rule in RULES if categories[rule.name] != rule.category] == []

    @pytest.mark.parametrize("words", ["Book an appointment", "Book online", "Schedule your visit", "Reserve a table"])
    def test_a_button_that_invites_to_book_counts_as_booking(self, words: str) -> None:
        assert page(f'<a href="/booking">{words}</a>').has_booking

    def test_a_button_that_dials_does_not(self) -> None:
        assert not page('<a href="tel:5124780143">Book an appointment</a>').has_booking

    def test_contact_forms_are_told_from_searches(self) -> None:
        assert page('<form><input type="email"><textarea></textarea></form>').has_contact_form
        assert not page('<form action="/search"><input name="q"></form>').has_contact_form


class TestDecoding:
    @pytest.mark.parametrize(
        ("data", "header", "text"),
        [
            ("Grüße".encode(), None, "Grüße"),
            ("Grüße".encode("cp1252"), None, "Grüße"),
            ("Grüße".encode("latin-1"), "text/html; charset=ISO-8859-1", "Grüße"),
            (b'<meta charset="windows-1251">' + "Привет".encode("cp1251"), None, '<meta charset="windows-1251">Привет'),
            ("\ufeffGrüße".encode(), "text/html; charset=latin-1", "Grüße"),
            ("Grüße".encode("utf-16"), None, "\ufeffGrüße"),
            ("Grüße".encode(), "text/html; charset=no-such", "Grüße"),
            ("Grüße".encode(), "text/html; charset=undefined", "Grüße"),
            (b'<meta charset="utf-16">ok', None, '<meta charset="utf-16">ok'),
        ],
    )
    def test_as_browsers_do(self, data: bytes, header: str | None, text: str) -> None:
        assert decode_html(data, header).removeprefix("\ufeff") == text.removeprefix("\ufeff")

    @given(st.binary(max_size=200))
    def test_never_fails(self, data: bytes) -> None:
        decode_html(data)
