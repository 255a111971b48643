drop function app.take_mail(integer, interval), app.open_mail(uuid, bytea), app.finish_mail(uuid, text),
  app.forget_access(),
  app.begin_session(bytea, bytea, interval, bytea), app.end_every_session(bytea), app.organizations_of_session(bytea),
  app.switch_session(bytea, uuid), app.api_key_by_hash(bytea[]), app.request_sign_in(text, bytea, interval, integer),
  app.mail_invitation(uuid, integer, interval), app.invitation_by_hash(bytea), app.accept_invitation(bytea);
-- Without its browser a link would work in every one.
delete from app.sign_in_links where browser_hash is not null;
alter table app.sign_in_links drop column browser_hash;
drop table app.outgoing_mail;
drop table public.audit_log, public.invitations, public.api_keys;
create function app.begin_session(link_hash bytea, session_hash bytea, lasts interval) returns uuid
language sql security definer set search_path = ''
as $$
  with used as (
    update app.sign_in_links set used_at = now()
     where token_hash = link_hash and used_at is null and expires_at > now()
    returning user_id
  )
  insert into app.sessions (token_hash, user_id, organization_id, expires_at)
  select session_hash, u.user_id, m.organization_id, now() + lasts
    from used u
    join public.organization_members m on m.user_id = u.user_id
   order by m.created_at, m.id
   limit 1
  returning user_id
$$;
grant execute on function app.begin_session(bytea, bytea, interval) to leadgen_api;
