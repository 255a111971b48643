-- Every table that holds a tenant's rows has row security, forced on its owner too.
select c.oid::regclass as tenant_table
  from pg_class c
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
   and (c.relname in ('users', 'organizations')
        or exists (select from pg_attribute a
                    where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
   and not (c.relrowsecurity and c.relforcerowsecurity)
