-- No index repeats another, nor is one a mere beginning of another on the same rows.
select narrow.indexrelid::regclass as superfluous, wide.indexrelid::regclass as because_of
  from pg_index narrow
  join pg_index wide on wide.indrelid = narrow.indrelid and wide.indexrelid <> narrow.indexrelid
  join pg_class c on c.oid = narrow.indexrelid
 where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
   and not narrow.indisunique
   and wide.indnkeyatts >= narrow.indnkeyatts
   and (wide.indkey::int2[])[0:narrow.indnkeyatts - 1] = (narrow.indkey::int2[])[0:narrow.indnkeyatts - 1]
   and (wide.indoption::int2[])[0:narrow.indnkeyatts - 1] = (narrow.indoption::int2[])[0:narrow.indnkeyatts - 1]
   and narrow.indexprs is null and wide.indexprs is null
   and coalesce(pg_get_expr(wide.indpred, wide.indrelid), '') = coalesce(pg_get_expr(narrow.indpred, narrow.indrelid), '')
   and (wide.indisunique or wide.indnkeyatts > narrow.indnkeyatts or wide.indexrelid < narrow.indexrelid)
