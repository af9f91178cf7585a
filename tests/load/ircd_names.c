/* SPDX-License-Identifier: MIT */
#include "tests/load/ircd_inside.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/mem.h"

static int compare_nicks(const void *a, const void *b)
{
	return strcmp(((const struct ircd_client *)a)->folded,
		((const struct ircd_client *)b)->folded);
}

static int compare_channels(const void *a, const void *b)
{
	return strcmp(((const struct ircd_channel *)a)->folded,
		((const struct ircd_channel *)b)->folded);
}

void ircd_fold(const char *name, char *out, size_t size)
{
	static const char upper[] = "[]\\~";
	static const char lower[] = "{}|^";
	size_t i;

	for (i = 0; name[i] != '\0' && i + 1 < size; i++) {
		const char *p = strchr(upper, name[i]);

		out[i] = name[i] >= 'A' && name[i] <= 'Z'
				 ? (char)(name[i] + ('a' - 'A'))
			 : p != NULL ? lower[p - upper]
				     : name[i];
	}
	out[i] = '\0';
}

struct ircd_channel *ircd_channel_find(struct ircd_sim *sim, const char *name)
{
	struct ircd_channel key;
	void *node;

	ircd_fold(name, key.folded, sizeof(key.folded));
	node = tfind(&key, &sim->channels, compare_channels);
	return node == NULL ? NULL : *(struct ircd_channel **)node;
}

struct ircd_channel *ircd_channel_create(struct ircd_sim *sim, const char *name)
{
	struct ircd_channel *channel = mem_zero(sizeof(*channel));

	snprintf(channel->name, sizeof(channel->name), "%s", name);
	ircd_fold(name, channel->folded, sizeof(channel->folded));
	tsearch(channel, &sim->channels, compare_channels);
	return channel;
}

struct ircd_member *ircd_member_find(
	const struct ircd_channel *channel, const struct ircd_client *client)
{
	for (size_t i = 0; i < channel->count; i++) {
		if (channel->members[i].client == client) {
			return &channel->members[i];
		}
	}
	return NULL;
}

void ircd_member_add(struct ircd_channel *channel, struct ircd_client *client)
{
	struct ircd_member member = {
		.client = client, .op = channel->count == 0};

	mem_room(&channel->members, &channel->cap, channel->count + 1,
		sizeof(*channel->members));
	channel->members[channel->count++] = member;
	mem_room(&client->channels, &client->channel_cap,
		client->channel_count + 1, sizeof(*client->channels));
	client->channels[client->channel_count++] = channel;
}

void ircd_member_remove(
	struct ircd_channel *channel, struct ircd_client *client)
{
	struct ircd_member *member = ircd_member_find(channel, client);

	for (size_t i = 0; i < client->channel_count; i++) {
		if (client->channels[i] == channel) {
			client->channels[i] =
				client->channels[--client->channel_count];
			break;
		}
	}
	*member = channel->members[--channel->count];
	if (channel->count == 0) {
		tdelete(channel, &client->sim->channels, compare_channels);
		free(channel->members);
		free(channel->past);
		free(channel);
	}
}

void ircd_drop_nick(struct ircd_client *client)
{
	if (client->folded[0] != '\0') {
		tdelete(client, &client->sim->nicks, compare_nicks);
		client->folded[0] = '\0';
	}
}

bool ircd_set_nick(struct ircd_client *client, const char *nick)
{
	struct ircd_client *holder = ircd_sim_find(client->sim, nick);

	if (holder != NULL && holder != client) {
		return false;
	}
	ircd_drop_nick(client);
	snprintf(client->nick, sizeof(client->nick), "%s", nick);
	ircd_fold(client->nick, client->folded, sizeof(client->folded));
	tsearch(client, &client->sim->nicks, compare_nicks);
	return true;
}

struct ircd_client *ircd_sim_find(struct ircd_sim *sim, const char *nick)
{
	struct ircd_client key;
	void *node;

	ircd_fold(nick, key.folded, sizeof(key.folded));
	node = tfind(&key, &sim->nicks, compare_nicks);
	return node == NULL ? NULL : *(struct ircd_client **)node;
}

/* A mark per call keeps a client of two shared channels from a second copy. */
void ircd_relay_peers(struct ircd_client *client,
	const struct ircd_client *source, const char *text)
{
	uint64_t mark = ++client->sim->mark;

	client->mark = mark;
	for (size_t i = 0; i < client->channel_count; i++) {
		struct ircd_channel *channel = client->channels[i];

		for (size_t k = 0; k < channel->count; k++) {
			struct ircd_client *to = channel->members[k].client;

			if (to->mark != mark) {
				to->mark = mark;
				ircd_relay(to, source, text);
			}
		}
	}
}
