"""The tenants' application: web API and pages, by feature. It meets the pipeline in the database only."""
