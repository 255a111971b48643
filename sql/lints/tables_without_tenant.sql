-- Every table says whose each row is. The exceptions are people, tenants themselves, and Alembic's version.
select c.oid::regclass as table_without_tenant
  from pg_class c
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
   and c.relname not in ('users', 'organizations', 'alembic_version')
   and not exists (select from pg_attribute a
                    where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped)
