"""The pipeline: Dagster assets, checks, sensors and schedules, one folder a stage."""
