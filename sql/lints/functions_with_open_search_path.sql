-- Every function of ours resolves names in no schema but those it writes out: nobody's table can stand in for ours.
select p.oid::regprocedure as function
  from pg_proc p
 where p.pronamespace in ('public'::regnamespace, 'app'::regnamespace)
   and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
   and not coalesce(p.proconfig @> array['search_path=""'], false)
