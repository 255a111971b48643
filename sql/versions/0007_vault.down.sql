-- Credentials sealed by the vault cannot be opened without their secrets.
delete from public.api_credentials;
drop policy owner_rotates on public.api_credentials;
alter table public.api_credentials drop column last_error_at;
drop table public.organization_secrets;
