"""A tenant's own mailbox: mail sent over SMTP, and read over IMAP."""
