-- Deleting a parent finds its children by index: one that begins with columns of the key, the parent's own id among them.
with keys as (
  select k.conrelid, k.conname, k.conkey,
         (select array_agg(c) from unnest(k.conkey) c
           where cardinality(k.conkey) = 1
              or c <> (select a.attnum from pg_attribute a
                        where a.attrelid = k.conrelid and a.attname = 'organization_id')) as parent_id
    from pg_constraint k
   where k.contype = 'f' and k.connamespace in ('public'::regnamespace, 'app'::regnamespace)
)
select k.conrelid::regclass as child, k.conname as foreign_key
  from keys k
 where not exists (
   select from pg_index i
    where i.indrelid = k.conrelid and i.indisvalid
      -- a partial index serves where all it leaves out is null
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$')
      and exists (select from generate_series(1, cardinality(k.conkey)) width
                   where (i.indkey::int2[])[0:width - 1] <@ k.conkey
                     and (i.indkey::int2[])[0:width - 1] @> k.parent_id))
