-- A key between tenants' tables carries organization_id on both sides: a child of a foreign parent is impossible, not
-- only invisible. Exception: an answer may belong to everybody, so lines point at it by its number alone.
select k.conrelid::regclass as child, k.conname as foreign_key
  from pg_constraint k
  join pg_attribute child on child.attrelid = k.conrelid and child.attname = 'organization_id'
  join pg_attribute parent on parent.attrelid = k.confrelid and parent.attname = 'organization_id'
 where k.contype = 'f'
   and not exists (select from unnest(k.conkey, k.confkey) pair (child_column, parent_column)
                    where child_column = child.attnum and parent_column = parent.attnum)
   and k.confrelid <> 'public.provider_answers'::regclass
