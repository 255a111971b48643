-- organization_id is never null, but for answers that were bought with the platform's key and belong to everybody.
select a.attrelid::regclass as tenant_table
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
   and a.attname = 'organization_id' and not a.attisdropped and not a.attnotnull
   and c.relname <> 'provider_answers'
