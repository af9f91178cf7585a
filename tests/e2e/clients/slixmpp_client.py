#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A client on slixmpp for tests: it does what lines on stdin say and prints
what its plugins make of the answers, a line each.

usage: slixmpp_client.py PORT USER PASSWORD ROOM NICK

    join | say ID TEXT | correct ID TEXT | answer TEXT | react EMOJI
    kick NICK | caps JID | card JID | version JID
    command JID NODE VAR=VALUE...   (a form a word; `-` for one as it comes)
"""
import asyncio
import os
import sys

import slixmpp
from slixmpp import JID
from slixmpp.exceptions import IqError

port, user, password, room, nick = sys.argv[1:]
PLUGINS = ('0004', '0030', '0045', '0050', '0054', '0059', '0071', '0085',
           '0092', '0115', '0249', '0308', '0359', '0421', '0444', '0461')
FALLBACK = 'urn:xmpp:fallback:0'
client = slixmpp.ClientXMPP(f'{user}@localhost/slixmpp', password)
heard = {}  # the last message of somebody else


def tell(*words):
    print(*words, flush=True)


def on_message(m):
    if m['from'].bare != room or not m['body']:
        return
    ours = m['from'].resource == nick
    if not ours:
        heard['id'] = m['stanza_id']['id']
        heard['from'] = m['from']
    tell('corrected' if m['replace']['id'] else 'message',
         m['from'].resource, m['body'],
         m['stanza_id']['by'] == room and bool(m['stanza_id']['id']),
         len(m['occupant-id']['id']),
         'formatted' if m.xml.find(
             '{http://jabber.org/protocol/xhtml-im}html') is not None else '')


def on_typing(m):
    if m['from'].bare == room:
        tell('typing', m['from'].resource)


def on_invited(m):
    tell('invited', m['groupchat_invite']['jid'])


def on_refused(m):
    tell('refused', m['error']['condition'], m['error']['text'])


async def join():
    _me, subject, there, _past = await client['xep_0045'].join_muc_wait(
        JID(room), nick, timeout=20)
    for p in there:
        tell('here', p['from'].resource, p['muc']['affiliation'],
             p['muc']['role'], *sorted(p['muc']['status_codes']))
    tell('joined', subject['from'].resource, subject['subject'])


def on_verified(jid, node, ifrom, data):
    """The plugin's last step, when it has found a hash true."""
    client['xep_0115'].static.assign_verstring(jid, node, ifrom, data)
    verified.set()


async def caps(jid):
    while True:
        verified.clear()
        info = await client['xep_0115'].get_caps(JID(jid))
        if info is not None:
            tell('caps', *sorted(kind for _category, kind, _lang, _name in
                                 info['identities']))
            return
        await verified.wait()


async def card(jid):
    iq = await client['xep_0054'].get_vcard(JID(jid), cached=False)
    tell('card', iq['vcard_temp']['FN'], iq['vcard_temp']['DESC'].splitlines())


async def version(jid):
    iq = await client['xep_0092'].get_version(jid)
    tell('version', iq['software_version']['name'])


async def command(jid, node, *steps):
    """As a flow of slixmpp: each answer goes to `next`, or to `error`."""
    steps = list(steps)
    end = asyncio.get_running_loop().create_future()
    adhoc = client['xep_0050']

    def on_error(iq, _session):
        end.set_result(('error', iq['error']['condition'],
                        iq['error']['text']))

    def on_answer(iq, session):
        form = iq['command']['form']
        names = list(form.get_fields())
        if iq['command']['status'] == 'completed':
            for field in form.get_fields().values():
                tell('result', field['label'], field.get_value(convert=True))
            tell('note', *iq['command']['notes'])
            end.set_result(('completed', node))
            return
        tell('form', form['title'], *names[:3], 'required', *[
            n for n in names if form.get_fields()[n]['required']])
        word = steps.pop(0)
        answer = client['xep_0004'].make_form(ftype='submit')
        for name in names:
            answer.add_field(var=name,
                             value=form.get_fields()[name]['value'])
        if word != '-':
            var, _, value = word.partition('=')
            answer.get_fields()[var]['value'] = value
        session['payload'] = [answer]
        session['next'] = on_answer
        if iq['command']['actions'] and 'next' in iq['command']['actions']:
            adhoc.continue_command(session)
        else:
            adhoc.complete_command(session)

    adhoc.start_command(jid, node, {
        'next': on_answer, 'error': on_error, 'payload': None})
    tell(*await end)


def answer(text):
    quote = '> what they said\n> and more 🙂\n'
    m = client.make_message(room, quote + text, mtype='groupchat')
    m['reply']['id'] = heard['id']
    m['reply']['to'] = heard['from']
    mark = m.xml.makeelement(f'{{{FALLBACK}}}fallback',
                             {'for': 'urn:xmpp:reply:0'})
    mark.append(mark.makeelement(f'{{{FALLBACK}}}body',
                                 {'start': '0', 'end': str(len(quote))}))
    m.xml.append(mark)
    m.send()


def say(name, text, replace=None):
    m = client.make_message(room, text, mtype='groupchat')
    m['id'] = name
    if replace:
        m['replace']['id'] = replace
    m.send()


async def kick(who):
    await client['xep_0045'].set_role(JID(room), who, 'none')
    tell('done', 'kick')


async def obey(line):
    word, _, rest = line.strip().partition(' ')
    words = rest.split(' ')
    if word == 'say':
        say(words[0], ' '.join(words[1:]))
    elif word == 'correct':
        say(words[0] + '-again', ' '.join(words[1:]), words[0])
    elif word == 'answer':
        answer(rest)
    elif word == 'react':
        m = client.make_message(room, mtype='groupchat')
        client['xep_0444'].set_reactions(m, heard['id'], [rest])
        m.send()
    else:
        await {'join': join, 'caps': caps, 'card': card, 'version': version,
               'kick': kick, 'command': command}[word](
                   *(words if rest else []))


async def try_to(line):
    try:
        await obey(line)
    except IqError as e:
        tell('error', line.split()[0], e.iq['error']['condition'],
             e.iq['error']['text'])
    except Exception as e:  # told, since nobody waits for this task
        tell('error', line.split()[0], repr(e))


def on_input():
    data = os.read(sys.stdin.fileno(), 65536)
    if not data:
        client.loop.stop()
        return
    typed.extend(data)
    while b'\n' in typed:
        line, _, rest = typed.partition(b'\n')
        typed[:] = rest
        running.append(asyncio.ensure_future(try_to(line.decode())))


def on_online(_event):
    client.send_presence()
    client.loop.add_reader(sys.stdin, on_input)
    tell('online')


verified = asyncio.Event()  # capabilities of somebody, anew
running = []  # asyncio holds its tasks weakly
typed = bytearray()  # of a line that is not whole yet
for plugin in PLUGINS:
    client.register_plugin('xep_' + plugin)
client['xep_0115'].api.register(on_verified, 'assign_verstring', default=True)
client['feature_mechanisms'].unencrypted_plain = True
client['feature_mechanisms'].unencrypted_scram = True
client.add_event_handler('session_start', on_online)
client.add_event_handler('groupchat_message', on_message)
client.add_event_handler('chatstate_composing', on_typing)
client.add_event_handler('groupchat_direct_invite', on_invited)
client.add_event_handler(f'muc::{room}::message_error', on_refused)
client.connect(('127.0.0.1', int(port)), disable_starttls=True)
client.loop.run_forever()
