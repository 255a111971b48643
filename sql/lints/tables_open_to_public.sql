-- No table, view or sequence of ours is open to every role, and no application role reaches the tables in app.
select c.oid::regclass as relation, r.role
  from pg_class c
  join (values ('public'), ('leadgen_api'), ('leadgen_pipeline')) r (role)
    on r.role = 'public' or (c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p'))
 where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
   and case c.relkind when 'S' then has_sequence_privilege(r.role, c.oid, 'usage, select, update')
            when 'r' then has_table_privilege(r.role, c.oid, 'select, insert, update, delete, truncate')
            when 'p' then has_table_privilege(r.role, c.oid, 'select, insert, update, delete, truncate')
            when 'v' then has_table_privilege(r.role, c.oid, 'select, insert, update, delete')
            else false end
