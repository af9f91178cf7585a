#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A client on nbxmpp, the library of Gajim, for tests: it does what lines on
stdin say and prints what happens, a line each.

usage: nbxmpp_client.py PORT USER PASSWORD ROOM NICK

    join | say TEXT | subject TEXT | kick NICK REASON | ban JID | role NICK ROLE
    affiliation NICK AFFILIATION | bans | config KEY VALUE | leave
"""
import sys

from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType
from nbxmpp.errors import StanzaError
from nbxmpp.namespaces import Namespace
from nbxmpp.protocol import JID, Message, Presence
from nbxmpp.structs import StanzaHandler

port, user, password, room, nick = sys.argv[1:]
loop = GLib.MainLoop()
client = Client(log_context='test')
kept = []  # nbxmpp holds callbacks weakly


def tell(*words):
    print(*words, flush=True)


def on_presence(_client, stanza, properties):
    who = str(properties.jid or '')
    if not who.startswith(room):
        return
    kind = 'gone' if properties.type.is_unavailable else 'here'
    if properties.type.is_error:
        tell('refused', properties.error.condition)
        return
    muc = properties.muc_user
    codes = sorted(c.value if hasattr(c, 'value') else c
                   for c in properties.muc_status_codes or [])
    tell(kind, properties.muc_nickname,
         muc.affiliation.value if muc and muc.affiliation else '-',
         muc.role.value if muc and muc.role else '-', *codes)


def on_message(_client, stanza, properties):
    if not str(properties.jid or '').startswith(room):
        return
    if properties.type.is_groupchat and properties.body:
        tell('message', properties.muc_nickname, properties.body)
    elif properties.is_muc_subject or stanza.getTag('subject'):
        tell('subject', stanza.getSubject() or '')


def answered(what):
    def on_answer(task):
        try:
            result = task.finish()
        except StanzaError as error:
            tell('error', what, error.condition)
            return
        if what == 'bans':
            tell('bans', *[str(jid) for jid in result.users])
        else:
            tell('done', what)
    kept.append(on_answer)
    return on_answer


def on_form(key, value):
    def on_answer(task):
        try:
            result = task.finish()
        except StanzaError as error:
            tell('error', 'config', error.condition)
            return
        form = result.form
        if key not in form.vars:
            tell('error', 'config', 'no field', key)
            return
        tell('config', key, form[key].value)
        form[key].value = value in ('1', 'true') if value in (
            '0', '1', 'true', 'false') else value
        form.type_ = 'submit'
        muc.set_config(room, form, callback=answered('config'))
    kept.append(on_answer)
    return on_answer


def obey(line):
    word, _, rest = line.strip().partition(' ')
    first, _, second = rest.partition(' ')
    if word == 'join':
        presence = Presence(to=f'{room}/{nick}')
        presence.addChild('x', namespace=Namespace.MUC)
        client.send_stanza(presence)
    elif word == 'say':
        client.send_stanza(Message(to=room, typ='groupchat', body=rest))
    elif word == 'subject':
        muc.set_subject(room, rest)
    elif word == 'kick':
        muc.set_role(room, first, 'none', second, callback=answered(word))
    elif word == 'role':
        muc.set_role(room, first, second, callback=answered(word))
    elif word == 'ban':
        muc.set_affiliation(room, {first: {'affiliation': 'outcast'}},
                            callback=answered(word))
    elif word == 'bans':
        muc.get_affiliation(room, 'outcast', callback=answered(word))
    elif word == 'config':
        muc.request_config(room, callback=on_form(first, second))
    elif word == 'leave':
        client.send_stanza(Presence(to=f'{room}/{nick}', typ='unavailable'))


def on_input(source, _condition):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    obey(line)
    return True


def on_connected(*_args):
    client.register_handler(StanzaHandler('presence', on_presence,
                                          priority=50))
    client.register_handler(StanzaHandler('message', on_message, priority=50))
    client.send_stanza(Presence())
    tell('online')


def on_failed(_client, _signal, *_args):
    tell('offline', client.get_error())
    loop.quit()


muc = client.get_module('MUC')
client.set_domain('localhost')
client.set_username(user)
client.set_password(password)
client.set_resource('nbxmpp')
client.set_custom_host(f'127.0.0.1:{port}', ConnectionProtocol.TCP,
                       ConnectionType.PLAIN)
client.set_connection_types([ConnectionType.PLAIN])
client.set_protocols([ConnectionProtocol.TCP])
client.set_mechs(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'])
client.subscribe('connected', on_connected)
client.subscribe('connection-failed', on_failed)
client.subscribe('disconnected', on_failed)
client.connect()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, on_input)
loop.run()
