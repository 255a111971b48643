-- No policy of an application role lets everything pass, nor is one open to every role: each compares with who asks.
select p.polrelid::regclass as relation, p.polname as policy
  from pg_policy p
 where (p.polroles && array['leadgen_api'::regrole::oid, 'leadgen_pipeline'::regrole::oid, 0::oid])
   and (p.polroles @> array[0::oid]
        or concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid))
           !~ '(current_organization_id|pipeline_organization_id|has_role|uid)\(')
