"""What came back after a mail was sent: read, told apart (bounce, complaint, automatic, a person's), stripped and classed.

Pure: bytes in, findings out. Who a reply belongs to, and what then happens to the campaign, is decided elsewhere.
"""
