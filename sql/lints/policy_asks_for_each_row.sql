-- Policies ask who is there once a statement, in a subselect, not once a row (measured: 0.25 ms against 13 s a million).
select p.polrelid::regclass as relation, p.polname as policy
  from pg_policy p
 where regexp_replace(
         concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid)),
         'SELECT (app\.)?(auth\.)?(current_organization_id|pipeline_organization_id|has_role|uid)\(', '', 'g')
       ~ '(current_organization_id|pipeline_organization_id|has_role|uid)\('
