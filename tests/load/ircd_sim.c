/* SPDX-License-Identifier: MIT */
#include "tests/load/ircd_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/loopback.h"
#include "tests/load/mem.h"

/*
 * The life of a client: accepted, registered by its commands, then it leaves
 * by QUIT, by end of file, by a line that is too long or because the test
 * drops it; each way through ircd_quit(), which takes it out of every list
 * at once. The memory lives on until the close callback has run, so that a
 * command handler may end its own client.
 */

/* Leaving */

static void client_free(struct ircd_client *client)
{
	if (!client->puppet) {
		outq_finish(&client->out);
	}
	free(client->channels);
	free(client);
}

static void on_client_closed(uv_handle_t *handle)
{
	client_free(handle->data);
}

static void on_ended(void *ctx)
{
	struct ircd_client *client = ctx;

	if (!uv_is_closing((uv_handle_t *)&client->tcp)) {
		uv_close((uv_handle_t *)&client->tcp, on_client_closed);
	}
}

/* A puppet has no handle of its own to wait for: it borrows an idle one. */
static void on_puppet_closed(uv_handle_t *handle)
{
	client_free(handle->data);
	free(handle);
}

static void close_later(struct ircd_client *client, bool flush)
{
	uv_idle_t *idle;

	if (client->puppet) {
		idle = mem_zero(sizeof(*idle));
		uv_idle_init(client->sim->loop, idle);
		idle->data = client;
		uv_close((uv_handle_t *)idle, on_puppet_closed);
		return;
	}
	uv_read_stop((uv_stream_t *)&client->tcp);
	if (flush) {
		outq_end(&client->out, on_ended, client);
	} else {
		on_ended(client);
	}
}

static void leave_channels(struct ircd_client *client, const char *why)
{
	char text[IRCD_TEXT_MAX];

	snprintf(text, sizeof(text), "QUIT :%s", why);
	ircd_relay_peers(client, client, text);
	while (client->channel_count > 0) {
		ircd_member_remove(client->channels[0], client);
	}
}

static void unlist(struct ircd_client *client)
{
	if (client->prev != NULL) {
		client->prev->next = client->next;
	} else {
		client->sim->clients = client->next;
	}
	if (client->next != NULL) {
		client->next->prev = client->prev;
	}
}

void ircd_quit(struct ircd_client *client, const char *why, bool say_error)
{
	struct ircd_sim *sim = client->sim;

	if (client->dead) {
		return;
	}
	if (say_error) {
		ircd_send(client, "ERROR :%s", why);
	}
	client->dead = true;
	leave_channels(client, why);
	ircd_drop_nick(client);
	unlist(client);
	if (!client->puppet) {
		sim->stats.closed++;
		sim->stats.unregistered_now -= client->registered ? 0 : 1;
		if (sim->config.on_close != NULL) {
			sim->config.on_close(sim->config.ctx, client, why);
		}
	}
	close_later(client, say_error);
}

/* Reading */

static void take_line(struct ircd_client *client, char *line)
{
	struct ircd_sim *sim = client->sim;

	sim->stats.lines_in++;
	if (sim->config.on_line != NULL &&
		sim->config.on_line(sim->config.ctx, client, line)) {
		return;
	}
	ircd_command(client, line);
}

/* How long the line is without its tags, CRLF counted as two. */
static size_t plain_length(const char *line, size_t len)
{
	const char *blank;

	if (line[0] != '@') {
		return len + 2;
	}
	blank = memchr(line, ' ', len);
	return blank == NULL ? len + 2 : len - (size_t)(blank + 1 - line) + 2;
}

static void too_long(struct ircd_client *client)
{
	client->sim->stats.overlong++;
	ircd_quit(client, "Request too long", true);
}

static void take_bytes(
	struct ircd_client *client, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && !client->dead; i++) {
		size_t n = client->in_len;

		if (bytes[i] != '\n') {
			if (n + 1 >= sizeof(client->in)) {
				too_long(client);
				return;
			}
			client->in[client->in_len++] = bytes[i];
			continue;
		}
		if (n > 0 && client->in[n - 1] == '\r') {
			n--;
		}
		client->in[n] = '\0';
		client->in_len = 0;
		if (plain_length(client->in, n) > IRCD_TEXT_MAX) {
			too_long(client);
		} else if (n > 0) {
			take_line(client, client->in);
		}
	}
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct ircd_client *client = handle->data;

	(void)wanted;
	*buf = uv_buf_init(client->sim->read, sizeof(client->sim->read));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
	struct ircd_client *client = stream->data;

	if (got < 0) {
		ircd_quit(client, uv_strerror((int)got), false);
		return;
	}
	take_bytes(client, buf->base, (size_t)got);
}

static struct ircd_client *client_create(struct ircd_sim *sim)
{
	struct ircd_client *client = mem_zero(sizeof(*client));

	client->sim = sim;
	client->next = sim->clients;
	if (sim->clients != NULL) {
		sim->clients->prev = client;
	}
	sim->clients = client;
	snprintf(client->host, sizeof(client->host), "127.0.0.1");
	return client;
}

static bool too_fast(struct ircd_sim *sim)
{
	uint64_t each = sim->config.throttle_ms;
	uint64_t now = uv_now(sim->loop);

	if (sim->config.throttle_burst == 0) {
		return false;
	}
	sim->full_at = sim->full_at > now ? sim->full_at : now;
	if (sim->full_at + each > now + sim->config.throttle_burst * each) {
		return true;
	}
	sim->full_at += each;
	return false;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct ircd_sim *sim = listener->data;
	struct ircd_client *client;

	if (status != 0) {
		return;
	}
	client = client_create(sim);
	uv_tcp_init(sim->loop, &client->tcp);
	client->tcp.data = client;
	outq_init(&client->out, (uv_stream_t *)&client->tcp);
	sim->stats.accepted++;
	sim->stats.unregistered_now++;
	if (sim->stats.unregistered_now > sim->stats.unregistered_most) {
		sim->stats.unregistered_most = sim->stats.unregistered_now;
	}
	if (uv_accept(listener, (uv_stream_t *)&client->tcp) != 0) {
		ircd_quit(client, "accept failed", false);
		return;
	}
	if (too_fast(sim)) {
		sim->stats.refused++;
		ircd_quit(client, "Trying to reconnect too fast.", true);
		return;
	}
	uv_tcp_nodelay(&client->tcp, 1);
	uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read);
}

/* The sim itself */

struct ircd_sim *ircd_sim_open(
	uv_loop_t *loop, const struct ircd_sim_config *config)
{
	struct ircd_sim *sim = mem_zero(sizeof(*sim));

	sim->loop = loop;
	sim->config = *config;
	sim->name = strdup(config->name);
	sim->caps = config->caps == NULL ? NULL : strdup(config->caps);
	sim->listener = loopback_open(loop, &sim->port, 0, on_connection, sim);
	if (sim->listener == NULL) {
		ircd_sim_close(sim);
		return NULL;
	}
	return sim;
}

static void on_last_closed(uv_handle_t *handle)
{
	struct ircd_sim *sim = handle->data;

	free(sim->name);
	free(sim->caps);
	free(sim);
	free(handle);
}

void ircd_sim_close(struct ircd_sim *sim)
{
	uv_idle_t *last = mem_zero(sizeof(*last));

	sim->config.on_close = NULL;
	sim->config.on_puppet = NULL;
	while (sim->clients != NULL) {
		ircd_quit(sim->clients, "the network closes", false);
	}
	if (sim->listener != NULL) {
		loopback_close(sim->listener);
	}
	uv_idle_init(sim->loop, last);
	last->data = sim;
	uv_close((uv_handle_t *)last, on_last_closed);
}

int ircd_sim_port(const struct ircd_sim *sim)
{
	return sim->port;
}

const struct ircd_sim_stats *ircd_sim_stats(const struct ircd_sim *sim)
{
	return &sim->stats;
}

struct ircd_client *ircd_sim_puppet(struct ircd_sim *sim, const char *nick)
{
	struct ircd_client *client = client_create(sim);

	client->puppet = true;
	client->registered = true;
	snprintf(client->user, sizeof(client->user), "~puppet");
	snprintf(client->host, sizeof(client->host), "puppet.test.net");
	if (!ircd_set_nick(client, nick)) {
		printf("Bail out! the nick %s is taken\n", nick);
		exit(99);
	}
	return client;
}

void ircd_client_do(struct ircd_client *client, const char *line, ...)
{
	char text[IRCD_IN_MAX];
	va_list args;

	va_start(args, line);
	vsnprintf(text, sizeof(text), line, args);
	va_end(args);
	ircd_command(client, text);
}

void ircd_client_raw(struct ircd_client *client, const char *bytes, size_t len)
{
	if (!client->puppet && !client->dead && !client->mute) {
		outq_add(&client->out, bytes, len);
	}
}

void ircd_client_drop(struct ircd_client *client, const char *why)
{
	ircd_quit(client, why == NULL ? "dropped" : why, why != NULL);
}

void ircd_client_mute(struct ircd_client *client)
{
	client->mute = true;
}

const char *ircd_client_nick(const struct ircd_client *client)
{
	return client->nick;
}

bool ircd_client_puppet(const struct ircd_client *client)
{
	return client->puppet;
}

bool ircd_client_joined(const struct ircd_client *client, const char *channel)
{
	const struct ircd_channel *found =
		ircd_channel_find(client->sim, channel);

	return found != NULL && ircd_member_find(found, client) != NULL;
}

size_t ircd_client_pending(const struct ircd_client *client)
{
	return client->puppet ? 0 : outq_pending(&client->out);
}
