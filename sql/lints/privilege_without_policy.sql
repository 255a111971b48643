-- A role that may touch a table under row security has a policy there for what it may do: default deny would hide a
-- mistake as an empty page.
with roles (role) as (values ('leadgen_api'), ('leadgen_pipeline')),
     commands (privilege, command) as (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd'))
select r.role, c.oid::regclass as relation, m.privilege
  from pg_class c
 cross join roles r
 cross join commands m
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relrowsecurity
   and case m.privilege when 'delete' then has_table_privilege(r.role, c.oid, 'delete')
            else has_any_column_privilege(r.role, c.oid, m.privilege) end
   and not exists (select from pg_policy p
                    where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', m.command)
                      and p.polroles @> array[r.role::regrole::oid])
