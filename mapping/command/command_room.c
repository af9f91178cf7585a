/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/command/run.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

/*
 * Commands at a room and at somebody on IRC (PROTOCOL C.23): what IRC has and
 * Jabber's own ways do not reach. By text they are IRC lines, written to the
 * network.
 */

enum { COMMAND_AT_PERSON = COMMAND_AT_NICK | COMMAND_AT_OCC };
enum { NAMES_BYTES = RUN_ANSWER_BYTES - 1000, ROOMS_LISTED = 50 };

/* The address that the command was sent to. */
static bool address(struct run *r, struct addr *a)
{
	struct fault fault;

	if (addr_parse(core_of_run(r), r->asker.to->p, r->user, a, &fault)) {
		return true;
	}
	run_fault(r, &fault);
	return false;
}

/* The user's own, as far as it knows the channel; NULL: it does not. */
static struct room *own_room(struct run *r, const struct addr *a)
{
	struct session *s = run_session(r, NULL);
	struct room *room = s != NULL ? session_room(s, a->name) : NULL;

	return room != NULL && room->state == ROOM_COMPLETE ? room : NULL;
}

/* As IRC spells it. */
static struct slice channel(struct run *r, const struct addr *a)
{
	struct room *room = own_room(r, a);

	return room != NULL ? istr_slice(room->chan->name) : a->name;
}

/* ---- a channel ---- */

/* Prefix, nick, and who is away; from memory, without a line. */
static void list_names(struct run *r, const struct room *room)
{
	const struct isupport *is = ircnet_isupport(room->net);
	uint32_t pos = 0;
	struct map_slot *slot;
	struct buf out;

	buf_init(&out, NAMES_BYTES);
	while ((slot = map_next(&room->chan->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;

		for (int i = 0; is->prefix_symbols[i] != '\0'; i++) {
			if (prefix_has(slot->word, i)) {
				buf_add_char(&out, is->prefix_symbols[i]);
				break;
			}
		}
		buf_add_slice(&out,
			out_clean(core_of_run(r), istr_slice(u->nick)));
		if (ircuser_away(u) != NULL) {
			buf_addf(&out, " (%s)", run_text(r, "away"));
		}
		buf_add_char(&out, '\n');
	}
	run_list(r, run_text(r, "Who is in this room"),
		slice_trim(buf_slice(&out)));
	buf_finish(&out);
}

static void ask(struct run *r, const char *command, const struct slice *words,
	size_t n)
{
	struct session *s = command_connected(r);


	if (s != NULL) {
		raw_label(r, s);
		command_sent(r, s,
			ircnet_command(s->net, command, words, n,
				slice(NULL, 0)));
	}
}

static void run_names(struct run *r)
{
	struct addr a;
	struct room *room;
	struct slice name;

	if (!address(r, &a)) {
		return;
	}
	room = own_room(r, &a);
	if (room != NULL) {
		list_names(r, room);
		return;
	}
	name = channel(r, &a);
	ask(r, "NAMES", &name, 1);
}

static void run_bans(struct run *r)
{
	struct addr a;
	struct slice words[2] = {{0}, slice_str("b")};

	if (address(r, &a)) {
		words[0] = channel(r, &a);
		ask(r, "MODE", words, 2);
	}
}

static void write_topic(struct run *r, struct xw *w)
{
	struct addr a;
	struct fault fault;
	struct room *room = NULL;
	struct slice now;

	if (addr_parse(core_of_run(r), r->asker.to->p, r->user, &a, &fault)) {
		room = own_room(r, &a);
	}
	now = room != NULL && room->chan->topic != NULL ?
		out_clean(core_of_run(r), slice_str(room->chan->topic)) :
		slice(NULL, 0);
	form_value(w, "topic", "text-single",
		run_text(r, "Topic; empty: none"), now);
}

static void run_topic(struct run *r)
{
	struct session *s = command_connected(r);
	struct addr a;

	if (s == NULL || !address(r, &a)) {
		return;
	}
	r->asks_topic = true;
	raw_label(r, s);
	command_sent(r, s, ircnet_topic(s->net, channel(r, &a),
		slice_str(run_value(r, "topic"))));
}

static void run_join(struct run *r)
{
	struct addr a;

	if (address(r, &a)) {
		command_join(r, channel(r, &a));
	}
}

static void run_knock(struct run *r)
{
	struct session *s = command_connected(r);
	struct addr a;

	if (s != NULL && address(r, &a)) {
		raw_knock(r, s, channel(r, &a),
			slice_str(run_value(r, "text")));
	}
}

/* ---- somebody ---- */

/* To choose from: where the user is. */
static void write_rooms(struct run *r, struct xw *w)
{
	struct session *s = run_session(r, NULL);
	struct form_option names[ROOMS_LISTED] = {{0}};
	struct form_field field = {
		.var = "channel",
		.type = "list-single",
		.label = run_text(r, "Channel"),
		.required = true,
		.options = names,
	};
	uint32_t pos = 0;
	struct map_slot *slot;

	while (s != NULL && field.noptions < ROOMS_LISTED &&
		(slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *room = (struct room *)(void *)slot->entry;

		if (room->state == ROOM_COMPLETE) {
			names[field.noptions++].value = out_clean(
				core_of_run(r), istr_slice(room->chan->name)).p;
		}
	}
	form_write(w, &field);
}

static const char *no_rooms(struct run *r)
{
	struct session *s = run_session(r, NULL);

	return s == NULL || s->rooms.used == 0 ?
		run_text(r, "You are in no room of this network.") : NULL;
}

static void run_invite(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice nick = s != NULL ? command_whom(r, s) : slice(NULL, 0);

	if (nick.p != NULL) {
		raw_label(r, s);
		command_sent(r, s, ircnet_invite(s->net, nick,
			slice_str(run_value(r, "channel"))));
	}
}

const struct command room_commands[] = {
	{.name = "names", .title = N_("See who is in this room"),
		.where = COMMAND_AT_CHAN, .only_form = true, .run = run_names},
	{.name = "bans", .title = N_("See who is banned from this room"),
		.where = COMMAND_AT_CHAN, .only_form = true, .run = run_bans},
	{.name = "topic", .title = N_("Change the topic of this room"),
		.where = COMMAND_AT_CHAN, .only_form = true, .stages = 1,
		.fields = {{"topic", "text-single", N_("Topic; empty: none"),
			false}},
		.write = write_topic, .run = run_topic},
	{.name = "channel", .title = N_("Change your settings for this room"),
		.where = COMMAND_AT_CHAN, .who = COMMAND_FOR_REGISTERED,
		.only_form = true, .stages = 1, .form = command_channel_form,
		.nothing = command_channel_nothing,
		.run = command_channel},
	{.name = "join", .title = N_("Enter this room, with its key"),
		.where = COMMAND_AT_CHAN, .only_form = true, .stages = 1,
		.fields = {{"key", "text-private",
			N_("Key; empty: there is none"), false}},
		.run = run_join},
	{.name = "knock", .title = N_("Ask to be let into this room"),
		.where = COMMAND_AT_CHAN, .only_form = true, .stages = 1,
		.fields = {{"text", "text-single",
			N_("What you want to say to those inside"), false}},
		.run = run_knock},
	{.name = "whois", .title = N_("See who this is"),
		.where = COMMAND_AT_PERSON, .only_form = true, .run = command_whois},
	{.name = "ctcp", .title = N_("Ask their program something"),
		.where = COMMAND_AT_PERSON, .only_form = true, .stages = 1,
		.fields = {{"what", "list-single", N_("What to ask for"),
			true}},
		.write = command_ctcp_fields, .run = command_ctcp},
	{.name = "invite", .title = N_("Invite them to a room"),
		.where = COMMAND_AT_PERSON, .only_form = true, .stages = 1,
		.fields = {{"channel", "list-single", N_("Channel"), true}},
		.write = write_rooms, .nothing = no_rooms, .run = run_invite},
	{.name = NULL},
};
