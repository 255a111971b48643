-- The application's roles own nothing, are no superusers, bypass nothing, make nothing, and are members of no role.
with application (role) as (
  select r.oid from pg_roles r where r.rolname in ('leadgen_api', 'leadgen_pipeline')
)
select r.rolname as role, 'has an attribute it must not have' as power
  from pg_roles r
  join application a on a.role = r.oid
 where r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
union all
select a.role::regrole::name, 'owns ' || d.classid::regclass || ' ' || d.objid
  from application a
  join pg_shdepend d on d.refobjid = a.role and d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
 where d.dbid in (0, (select oid from pg_database where datname = current_database()))
union all
select a.role::regrole::name, 'is a member of ' || m.roleid::regrole
  from application a
  join pg_auth_members m on m.member = a.role
