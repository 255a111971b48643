"""Our own reader of websites: for tenants, and for leads without Firecrawl.

It goes where strangers' data points it, so it trusts nothing: `urls.py` and `addresses.py` say where it may go,
`transport.py` sees to it that it goes nowhere else, `body.py` how much it takes in, `robots.py` and `courtesy.py` what it
owes the sites, `fetcher.py` puts them together.
"""
