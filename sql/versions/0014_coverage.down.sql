drop table public.coverage_certificates;
