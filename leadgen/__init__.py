"""LeadGen: what the pipeline (`leadgen_assets`) and the web application (`leadgen_api`) both stand on."""

__version__ = "0.1.0"
