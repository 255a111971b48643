"""What worlds are made of: trades, names, people, mailboxes, sites and spellings, all invented by seed."""
