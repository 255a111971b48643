-- A view shows what the one who asks may see, not what its owner may.
select c.oid::regclass as view
  from pg_class c
 where c.relkind in ('v', 'm') and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
   and (c.relkind = 'm' or not coalesce(c.reloptions @> array['security_invoker=true'], false))
