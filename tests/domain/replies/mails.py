"""Mails as they travel, for the tests of replies: short, but with the marks by which the real ones are known."""


def mail(text: str, *, subject: str = "Re: hello", sender: str = "Ann <ann@clinic.example>", **headers: str) -> bytes:
    """A plain mail; further headers by name, with `_` for `-`."""
    lines = [f"From: {sender}", "To: sales@ours.example", f"Subject: {subject}", "Date: Wed, 1 Jul 2026 09:00:00 +0000"]
    lines += ["MIME-Version: 1.0", 'Content-Type: text/plain; charset="utf-8"']
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\n".join(lines) + f"\n\n{text}\n").encode()


def report(text: str, status: str, returned: str = "To: bob@clinic.example\nSubject: hello\n") -> bytes:
    """A delivery status notification (RFC 3464)."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: sales@ours.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain; charset=us-ascii

{text}

--=b
Content-Type: message/delivery-status

{status}

--=b
Content-Type: text/rfc822-headers

{returned}
--=b--
""".encode()
