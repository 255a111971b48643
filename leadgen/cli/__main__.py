"""`python -m leadgen.cli`: the same as `leadgen`."""

from leadgen.cli.main import app

app()
