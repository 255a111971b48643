-- Nobody runs a function of ours but those it was granted to.
select p.oid::regprocedure as function
  from pg_proc p
 where p.pronamespace in ('public'::regnamespace, 'app'::regnamespace)
   and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
   and has_function_privilege('public', p.oid, 'execute')
