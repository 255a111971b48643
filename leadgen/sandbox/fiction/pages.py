"""The pages of one site as HTML: good ones as a web designer delivers them, weak ones as they have stood for years."""

import json
import random
from collections.abc import Mapping
from html import escape

from leadgen.sandbox.fiction import copywriting, vocabulary
from leadgen.sandbox.fiction.register import slug
from leadgen.sandbox.fiction.spelling import national_format
from leadgen.sandbox.fiction.technologies import marks
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Business, Mailbox, SiteKind

_MENU: dict[SiteKind, tuple[tuple[str, str], ...]] = {
    "good": (("/", "Home"), ("/about", "About"), ("/contact", "Contact")),
    "weak": (("/", "Home"),),
}
# How each platform wraps what its customer wrote, head to tail.
_LAYOUTS: dict[str, tuple[str, str]] = {
    "WordPress": ('<main id="primary" class="site-main"><article class="entry-content">', "</article></main>"),
    "Wix": (
        '<div id="SITE_CONTAINER"><main class="wixui-page"><section class="wixui-rich-text">',
        "</section></main></div>",
    ),
    "Squarespace": ('<main id="page"><div class="sqs-layout"><div class="sqs-block-content">', "</div></div></main>"),
    "Shopify": ('<main id="MainContent" role="main"><div class="page-width">', "</div></main>"),
}
_OWN_LAYOUTS = (
    ("<main>", "</main>"),
    ('<div id="main" role="main">', "</div>"),
    ('<div class="wrapper"><section class="content">', "</section></div>"),
)
_DATED_LAYOUTS = (
    ('<table width="800" align="center"><tr><td>', "</td></tr></table>"),
    ('<center><font face="Verdana">', "</font></center>"),
    ('<div class="container"><div class="inner">', "</div></div>"),
)
_HIDING_STYLES = (
    "display:none",
    "position:absolute;left:-9999px",
    "color:#fff;background:#fff;font-size:1px",
    "visibility:hidden;height:0",
)


class Pages:
    """Writes the pages of one site. Everything they say is so of the business; `locations` are a chain's by path."""

    def __init__(
        self,
        rng: random.Random,
        business: Business,
        trade: Trade,
        domain: str,
        kind: SiteKind,
        technologies: tuple[str, ...],
        locations: Mapping[str, Business],
        *,
        https: bool,
        injected: bool,
    ) -> None:
        self._rng = rng
        self._business = business
        self._trade = trade
        self._kind = kind
        self._locations = locations
        self._url = f"{'https' if https else 'http'}://{domain}"
        self._name = escape(business.name)
        self._hours = copywriting.choose_hours(rng)
        self._history = escape(copywriting.history(rng, business, trade))
        self._obfuscation = rng.choice((" (at) ", " [at] ")) if rng.random() < 0.1 else None
        self._hidden = self._hidden_text(injected)
        self._head_marks, self._body_marks = marks(rng, technologies)
        own_layout = rng.choice(_DATED_LAYOUTS if kind == "weak" else _OWN_LAYOUTS)
        self._layout = _LAYOUTS.get(technologies[0], own_layout) if technologies else own_layout
        self._has_viewport = kind == "good" or rng.random() < 0.3
        self.has_services_page = rng.random() < 0.4
        self.has_contact_page = rng.random() < 0.4
        self._header = self._make_header()
        self._footer = self._make_footer()

    def home(self) -> str:
        """The front page; the only one that a weak site is sure to have, so it then says where to write."""
        rng, business = self._rng, self._business
        opening = [
            f"<h1>{escape(copywriting.headline(rng, business, self._trade))}</h1>",
            f"<p>{escape(copywriting.introduction(rng, business, self._trade))}</p>",
        ]
        sections = [self._services_section(), f"<p>{self._history}</p>", *self._facts()]
        if self._kind == "weak":
            sections = [*sections[:3], self._people_section(), self._contact_section()]
        else:
            sections += [self._praise_section(), *(f"<p>{value}</p>" for value in rng.sample(vocabulary.VALUES, 2))]
            rng.shuffle(sections)
        sections.append(self._locations_section())
        title = f"{business.name} | {business.city}" if business.city else business.name
        return self._page(title, [*opening, *sections], extra_head=self._structured_data())

    def about(self) -> str:
        """History, news and the people who may be named."""
        sections = [f"<h1>About {self._name}</h1>", f"<p>{self._history}</p>", *self._facts(), self._people_section()]
        return self._page(f"About - {self._business.name}", sections)

    def contact(self) -> str:
        """Where to find, call and write; with a form on most sites."""
        form = self._form() if self._rng.random() < 0.7 else ""
        return self._page(
            f"Contact - {self._business.name}",
            ["<h1>Contact us</h1>", self._contact_section(), self._opening_hours(), form],
        )

    def services(self) -> str:
        """Each service with a sentence."""
        items = [
            f"<h2>{escape(service.capitalize())}</h2>\n<p>Ask us about {escape(service)}"
            f" in {escape(self._business.city or 'your area')}.</p>"
            for service in self._business.services
        ]
        return self._page(f"Services - {self._business.name}", ["<h1>Services</h1>", *items])

    def branch(self, branch: Business) -> str:
        """One location of a chain, with its own address and phone."""
        sections = [f"<h1>{escape(branch.name)}</h1>", _address_html(branch), _phone_html(self._rng, branch.phone)]
        return self._page(branch.name, [*sections, self._opening_hours()])

    def _page(self, title: str, sections: list[str], extra_head: str = "") -> str:
        body = "\n".join(section for section in sections if section)
        opening, closing = self._layout
        viewport = (
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n' if self._has_viewport else ""
        )
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
            f"{viewport}{self._head_marks}\n{extra_head}</head>\n<body>\n{self._header}\n{opening}\n{body}\n{closing}\n{self._hidden}\n"
            f"{self._footer}\n{self._body_marks}\n</body>\n</html>\n"
        )

    def _make_header(self) -> str:
        menu = list(_MENU[self._kind])
        if self._kind == "good" and self.has_services_page:
            menu.insert(1, ("/services", "Services"))
        if self._kind == "weak" and self.has_contact_page:
            menu.append(("/contact", "Contact"))
        links = "".join(f'<li><a href="{path}">{label}</a></li>' for path, label in menu)
        logo = f'<a href="/"><img src="/images/logo@2x.png" alt="{self._name}"></a>'
        if self._kind == "weak":
            return f'<div id="header">{logo}<ul class="menu">{links}</ul></div>'
        return f'<header class="site-header">{logo}<nav><ul>{links}</ul></nav></header>'

    def _make_footer(self) -> str:
        rng, business = self._rng, self._business
        year = (
            copywriting.THIS_YEAR if self._kind == "good" else max(business.year_founded or 0, rng.randint(2011, 2021))
        )
        parts = [f"<p>&copy; {year} {self._name}. All rights reserved.</p>"]
        if self._kind == "good":
            parts += [_address_html(business), _phone_html(rng, business.phone)]
        if rng.random() < (0.7 if self._kind == "good" else 0.35):
            handle = slug(business.name) or "pages"
            parts.append(f'<a href="https://www.facebook.com/{handle}">Facebook</a>')
            if rng.random() < 0.6:
                parts.append(f'<a href="https://www.instagram.com/{handle}/">Instagram</a>')
        if rng.random() < 0.2:
            parts.append('<p class="credit">Website by <a href="https://pixelmoor.example">Pixelmoor Studio</a></p>')
        tag = "footer" if self._kind == "good" else "div"
        return f'<{tag} class="footer">' + "\n".join(part for part in parts if part) + f"</{tag}>"

    def _services_section(self) -> str:
        items = "".join(f"<li>{escape(service.capitalize())}</li>" for service in self._business.services)
        return f"<h2>{self._rng.choice(('Our services', 'What we do', 'How we can help'))}</h2>\n<ul>{items}</ul>"

    def _locations_section(self) -> str:
        items = [f'<li><a href="{path}">{escape(branch.name)}</a></li>' for path, branch in self._locations.items()]
        return f"<h2>Our locations</h2>\n<ul>{''.join(items)}</ul>" if items else ""

    def _praise_section(self) -> str:
        quotes = self._rng.sample(vocabulary.PRAISE, 2)
        return "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in quotes)

    def _facts(self) -> list[str]:
        return [f"<p>{escape(fact)}</p>" for fact in self._business.facts]

    def _people_section(self) -> str:
        cards = []
        printed = {mailbox.address: mailbox for mailbox in self._business.mailboxes if mailbox.on_site}
        for person in self._business.people:
            if person.on_site:
                mailbox = printed.get(person.email or "")
                link = f"<br>{self._email_html(mailbox)}" if mailbox else ""
                name = f"{person.first_name} {person.last_name}"
                cards.append(f'<div class="person"><h3>{escape(name)}</h3><p>{escape(person.title)}{link}</p></div>')
        if not cards:
            return ""
        return f"<h2>{self._rng.choice(('Meet the team', 'Our people', 'Who we are'))}</h2>\n" + "\n".join(cards)

    def _contact_section(self) -> str:
        business = self._business
        boxes = [m for m in business.mailboxes if m.on_site and m.is_role]
        emails = "".join(f"<p>Email: {self._email_html(mailbox)}</p>" for mailbox in boxes)
        return f'<div class="contact">{_address_html(business)}{_phone_html(self._rng, business.phone)}{emails}</div>'

    def _email_html(self, mailbox: Mailbox) -> str:
        local, _, host = mailbox.address.partition("@")
        if self._obfuscation:
            return f'<span class="mail">{local}{self._obfuscation}{host}</span>'
        return f'<a href="mailto:{mailbox.address}">{mailbox.address}</a>'

    def _opening_hours(self) -> str:
        rows = "".join(f"<tr><td>{days}</td><td>{hours}</td></tr>" for days, hours in self._hours)
        return f'<h2>Hours</h2>\n<table class="hours">{rows}</table>'

    def _form(self) -> str:
        return (
            '<form method="post" action="/contact"><label>Name <input name="name"></label>'
            '<label>Email <input type="email" name="email"></label>'
            '<label>Message <textarea name="message"></textarea></label><button>Send</button></form>'
        )

    def _structured_data(self) -> str:
        """schema.org, on two good sites in three."""
        business = self._business
        if self._kind != "good" or self._rng.random() > 0.65:
            return ""
        address = {
            "@type": "PostalAddress",
            "streetAddress": business.street,
            "addressLocality": business.city,
            "addressRegion": business.state,
            "postalCode": business.zip_code,
            "addressCountry": business.country,
        }
        data = {
            "@context": "https://schema.org",
            "@type": self._trade.schema_type,
            "name": business.name,
            "url": self._url,
            "telephone": business.phone,
            "foundingDate": str(business.year_founded) if business.year_founded else None,
            "numberOfEmployees": business.employees,
            "address": {key: value for key, value in address.items() if value},
            "openingHours": [f"{days} {hours}" for days, hours in self._hours],
        }
        text = json.dumps({key: value for key, value in data.items() if value}).replace("</", "<\\/")
        return f'<script type="application/ld+json">{text}</script>\n'

    def _hidden_text(self, injected: bool) -> str:
        if injected:
            style, order = self._rng.choice(_HIDING_STYLES), self._rng.choice(vocabulary.INJECTIONS)
            return f'<div style="{style}">{escape(order)}</div>'
        if self._kind == "weak" and self._rng.random() < 0.2:
            words = f"best {self._trade.singular} cheap {self._trade.singular} {self._business.city or ''}"
            return f'<div style="display:none">{escape(words)}</div>'
        return ""


def _address_html(business: Business) -> str:
    region = " ".join(part for part in (business.state, business.zip_code) if part)
    parts = [escape(part) for part in (business.street, business.city, region) if part]
    return f"<address>{', '.join(parts)}</address>" if parts else ""


def _phone_html(rng: random.Random, phone: str | None) -> str:
    if phone is None:
        return ""
    shown = national_format(phone)
    if shown != phone and rng.random() < 0.3:
        shown = f"{phone[2:5]}.{phone[5:8]}.{phone[8:]}"
    return f'<p>Call <a href="tel:{escape(phone)}">{escape(shown)}</a></p>'
