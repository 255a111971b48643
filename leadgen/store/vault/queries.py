"""The SQL of the vault. Only sealed values, wrapped secrets and scrubbed words pass through here."""

from typing import LiteralString

# Any two numbers that nothing else in the database takes. One writer an organization: what it seals under the current
# secret cannot be passed by a rotation that removes this secret.
LOCK_ORGANIZATION: LiteralString = "select pg_advisory_xact_lock(7433, hashtext(%(organization_id)s::text))"

CURRENT_VERSION: LiteralString = """
select id, organization_id, version, wrapped_secret, salt, master_key_id
  from public.organization_secrets
 where organization_id = %(organization_id)s and retired_at is null
"""

INSERT_VERSION: LiteralString = """
insert into public.organization_secrets (id, organization_id, version, wrapped_secret, salt, master_key_id)
values (%(id)s, %(organization_id)s, %(version)s, %(wrapped_secret)s, %(salt)s, %(master_key_id)s)
"""

PUT_CREDENTIALS: LiteralString = """
insert into public.api_credentials as c (organization_id, service, credentials_encrypted)
values (%(organization_id)s, %(service)s, %(sealed)s)
    on conflict (organization_id, service) do update
   set credentials_encrypted = excluded.credentials_encrypted, is_active = true,
       last_used_at = null, last_error = null, last_error_at = null
"""

# One statement, so that credentials and the secret they were sealed under are of one moment. The byte appended lets
# damaged, empty credentials have a version too: 0, which no secret has.
_SEALED = """
select c.service, c.credentials_encrypted, s.id, s.version, s.wrapped_secret, s.salt, s.master_key_id, c.organization_id
  from public.api_credentials c
  left join public.organization_secrets s
    on s.organization_id = c.organization_id and s.version = get_byte(c.credentials_encrypted || '\\x00', 0)
 where c.organization_id = %(organization_id)s
"""
CREDENTIALS_OF_SERVICE: LiteralString = f"{_SEALED} and c.service = %(service)s and c.is_active"
CREDENTIALS_OF_ORGANIZATION: LiteralString = f"{_SEALED} order by c.service"

# A busy key is noted once a minute, not once a call: its row is not rewritten, nor waited for, by every run.
NOTE_USE: LiteralString = """
update public.api_credentials
   set last_used_at = now()
 where organization_id = %(organization_id)s and service = %(service)s
   and (last_used_at is null or last_used_at < now() - interval '1 minute' or last_error_at >= last_used_at)
"""

NOTE_ERROR: LiteralString = """
update public.api_credentials
   set last_error = %(error)s, last_error_at = now()
 where organization_id = %(organization_id)s and service = %(service)s
"""

RETIRE_VERSION: LiteralString = "update public.organization_secrets set retired_at = now() where id = %(id)s"

RESEAL: LiteralString = """
update public.api_credentials
   set credentials_encrypted = %(sealed)s
 where organization_id = %(organization_id)s and service = %(service)s
"""

DELETE_RETIRED: LiteralString = """
delete from public.organization_secrets
 where organization_id = %(organization_id)s and retired_at is not null
"""

SECRETS_OF_OTHER_MASTER_KEYS: LiteralString = """
select id, organization_id, version, wrapped_secret, salt, master_key_id
  from public.organization_secrets
 where master_key_id <> %(master_key_id)s
 order by organization_id, version
"""

REWRAP: LiteralString = """
update public.organization_secrets
   set wrapped_secret = %(wrapped_secret)s, master_key_id = %(master_key_id)s
 where id = %(id)s
"""

# The questions of the commands: they see every organization and need the owner's connection.

ORGANIZATIONS_DUE: LiteralString = """
select organization_id
  from public.organization_secrets
 where retired_at is null and created_at <= now() - make_interval(days => %(older_than_days)s)
 order by created_at, organization_id
"""

ORGANIZATIONS_WITH_CREDENTIALS: LiteralString = """
select distinct organization_id from public.api_credentials order by organization_id
"""

SECRETS_BY_MASTER_KEY: LiteralString = """
select master_key_id, count(*) as secrets from public.organization_secrets group by master_key_id order by master_key_id
"""
