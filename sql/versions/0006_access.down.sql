drop function app.begin_session(bytea, bytea, interval), app.session_by_hash(bytea), app.end_session(bytea);
drop table app.sessions, app.sign_in_links;
