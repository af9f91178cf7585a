/* SPDX-License-Identifier: MIT */
#include "gateway/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/store_file.h"
#include "gateway/store_job.h"
#include "gateway/store_sqlite.h"

enum {
	GROUP_MAX = 500, /* changes in one transaction */
	FAULTS_MAX = 20, /* rows named that do not unseal */
};

struct chain {
	struct store_change *first;
	struct store_change **end;
};

struct store {
	struct store_db *db; /* NULL: nothing is kept */
	struct store_key *key;
	int lock_fd;
	struct loop *loop; /* NULL: not started */
	store_saved_fn *saved;
	void *ctx;
	size_t changes; /* handed over and not yet answered */
	size_t bytes;
	uv_async_t async;
	uv_thread_t thread;
	/* Below: shared with the thread, under `lock`. */
	uv_mutex_t lock;
	uv_cond_t work;
	uv_cond_t idle; /* nothing is asked and nothing being made */
	struct chain asked;
	struct chain answered;
	bool busy;
	bool ending;
};

/* --- chains --------------------------------------------------------------- */

static void chain_init(struct chain *c)
{
	c->first = NULL;
	c->end = &c->first;
}

static void chain_add(struct chain *c, struct store_change *first)
{
	*c->end = first;
	while (*c->end != NULL) {
		c->end = &(*c->end)->next;
	}
}

/* At most n from the front. */
static struct store_change *chain_take(struct chain *c, size_t n)
{
	struct store_change *first = c->first;
	struct store_change **at = &c->first;

	while (n-- > 0 && *at != NULL) {
		at = &(*at)->next;
	}
	if (at == &c->first) {
		return NULL;
	}
	c->first = *at;
	if (c->first == NULL) {
		c->end = &c->first;
	}
	*at = NULL;
	return first;
}

/* --- opening -------------------------------------------------------------- */

/*
 * Without a key and with nothing sealed this is the first start; otherwise a
 * new key would bury what the old one sealed.
 */
static enum err open_key(struct store *s, const char *file,
	const char *key_file, struct buf *why)
{
	enum err err = store_key_read(key_file, &s->key, why);
	size_t sealed = 0;

	if (err != ERR_NOT_FOUND) {
		return err;
	}
	err = store_db_sealed(s->db, &sealed, why);
	if (err != ERR_OK) {
		return err;
	}
	if (sealed > 0) {
		buf_addf(why,
			"%s: the key is missing, and %zu passwords in %s are "
			"sealed with it: put it back from a backup; when it is "
			"lost, so are they: sqlite3 %s 'DELETE FROM entry "
			"WHERE sealed'\n",
			key_file, sealed, file, file);
		return ERR_NOT_FOUND;
	}
	err = store_key_create(key_file, &s->key, why);
	if (err == ERR_OK) {
		log_info(NULL, "storage created key_file=%s", key_file);
	}
	return err;
}

static void release(struct store *s)
{
	store_db_close(s->db);
	store_key_destroy(s->key);
	if (s->lock_fd >= 0) {
		close(s->lock_fd);
	}
}

enum err store_open(const char *file, const char *key_file, struct store **out,
	struct buf *why)
{
	struct store *s = must_calloc(1, sizeof *s);
	enum err err = ERR_OK;

	s->lock_fd = -1;
	chain_init(&s->asked);
	chain_init(&s->answered);
	if (file != NULL) {
		err = store_file_lock(file, &s->lock_fd, why);
		if (err == ERR_OK) {
			err = store_db_open(file, store_steps, store_step_count,
				&s->db, why);
		}
		if (err == ERR_OK) {
			err = open_key(s, file, key_file, why);
		}
	}
	if (err != ERR_OK) {
		release(s);
		free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

/* --- loading -------------------------------------------------------------- */

struct loading {
	struct store *store;
	void (*fn)(void *ctx, const struct store_row *row);
	void *ctx;
	struct buf *why;
	size_t faults;
};

static void note_fault(struct loading *l, const struct store_row *row)
{
	if (l->faults++ < FAULTS_MAX) {
		buf_addf(l->why,
			"user=%s kind=%s scope=%s key=%s cannot be unsealed\n",
			row->user, row->kind, row->scope, row->key);
	}
}

static void on_row(void *ctx, const struct store_row *row)
{
	struct loading *l = ctx;
	struct store_row plain = *row;
	unsigned char *text;

	if (!row->secret) {
		l->fn(l->ctx, row);
		return;
	}
	text = must_alloc(row->value.len);
	if (store_row_unseal(l->store->key, row, text, &plain.value) ==
		ERR_OK) {
		l->fn(l->ctx, &plain);
		explicit_bzero(text, row->value.len);
	} else {
		note_fault(l, row);
	}
	free(text);
}

enum err store_load(struct store *s,
	void (*fn)(void *ctx, const struct store_row *row), void *ctx,
	struct buf *why)
{
	struct loading l = {.store = s, .fn = fn, .ctx = ctx, .why = why};
	enum err err;

	must(s->loop == NULL);
	if (s->db == NULL) {
		return ERR_OK;
	}
	err = store_db_each(s->db, on_row, &l, why);
	if (err == ERR_OK && l.faults > 0) {
		buf_addf(why,
			"%zu sealed rows were changed, or sealed with another "
			"key: put back the key that belongs to the database; "
			"single rows can be deleted with sqlite3\n",
			l.faults);
		return ERR_BAD_INPUT;
	}
	return err;
}

/* --- the thread ----------------------------------------------------------- */

static void work(void *ctx)
{
	struct store *s = ctx;
	struct store_change *group;

	uv_mutex_lock(&s->lock);
	for (;;) {
		while (s->asked.first == NULL && !s->ending) {
			uv_cond_wait(&s->work, &s->lock);
		}
		group = chain_take(&s->asked, GROUP_MAX);
		if (group == NULL) {
			break;
		}
		s->busy = true;
		uv_mutex_unlock(&s->lock);
		store_db_apply(s->db, group);
		uv_mutex_lock(&s->lock);
		s->busy = false;
		chain_add(&s->answered, group);
		uv_async_send(&s->async);
		uv_cond_signal(&s->idle);
	}
	uv_mutex_unlock(&s->lock);
}

/* --- on the loop ---------------------------------------------------------- */

static void answer(struct store *s, struct store_job *job)
{
	s->changes--;
	s->bytes -= job->size;
	s->saved(s->ctx, job->token, job->change.err, job->change.why);
	free(job);
}

static void on_answers(uv_async_t *async)
{
	struct store *s = async->data;
	struct store_change *first;

	loop_tick(s->loop);
	uv_mutex_lock(&s->lock);
	first = chain_take(&s->answered, SIZE_MAX);
	uv_mutex_unlock(&s->lock);
	while (first != NULL) {
		struct store_change *next = first->next;

		answer(s, (struct store_job *)(void *)first);
		first = next;
	}
}

void store_start(
	struct store *s, struct loop *loop, store_saved_fn *saved, void *ctx)
{
	must(s->loop == NULL);
	s->loop = loop;
	s->saved = saved;
	s->ctx = ctx;
	must(uv_mutex_init(&s->lock) == 0 && uv_cond_init(&s->work) == 0 &&
		uv_cond_init(&s->idle) == 0);
	must(uv_async_init(loop_uv(loop), &s->async, on_answers) == 0);
	s->async.data = s;
	if (s->db != NULL) {
		must(uv_thread_create(&s->thread, work, s) == 0);
	}
}

static enum err admit(const struct store *s, size_t text)
{
	if (s->db == NULL) {
		return ERR_WRONG_STATE;
	}
	if (s->changes >= STORE_CHANGES_MAX || text > STORE_BYTES_MAX ||
		s->bytes > STORE_BYTES_MAX - text) {
		return ERR_FULL;
	}
	return ERR_OK;
}

void store_save(struct store *s, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	struct store_job *job;
	size_t text = 0;
	enum err err;

	must(s->loop != NULL);
	for (size_t i = 0; i < nrows; i++) {
		text += store_row_size(&rows[i]);
	}
	err = admit(s, text);
	if (err == ERR_OK) {
		job = store_job_create(s->key, token, rows, nrows, text);
	} else {
		job = store_job_create(s->key, token, NULL, 0, 0);
		job->change.err = err;
	}
	s->changes++;
	s->bytes += job->size;
	uv_mutex_lock(&s->lock);
	if (s->db != NULL) {
		chain_add(&s->asked, &job->change);
		uv_cond_signal(&s->work);
	} else {
		chain_add(&s->answered, &job->change);
		uv_async_send(&s->async);
	}
	uv_mutex_unlock(&s->lock);
}

static bool wait_idle(struct store *s, uint64_t until_ns)
{
	bool idle;

	uv_mutex_lock(&s->lock);
	for (;;) {
		uint64_t now = uv_hrtime();

		idle = s->db == NULL || (s->asked.first == NULL && !s->busy);
		if (idle || now >= until_ns ||
			uv_cond_timedwait(&s->idle, &s->lock, until_ns - now) !=
				0) {
			break;
		}
	}
	uv_mutex_unlock(&s->lock);
	return idle;
}

void store_settle(struct store *s, uint64_t max_ms)
{
	uint64_t until_ns = uv_hrtime() + max_ms * 1000000;

	must(s->loop != NULL);
	while (s->changes > 0 && wait_idle(s, until_ns)) {
		on_answers(&s->async);
	}
}

/* --- the end -------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void finish_thread(struct store *s)
{
	uv_mutex_lock(&s->lock);
	s->ending = true;
	uv_cond_signal(&s->work);
	uv_mutex_unlock(&s->lock);
	if (s->db != NULL) {
		uv_thread_join(&s->thread);
	}
	uv_cond_destroy(&s->work);
	uv_cond_destroy(&s->idle);
	uv_mutex_destroy(&s->lock);
}

void store_close(struct store *s)
{
	struct store_change *first;

	if (s == NULL) {
		return;
	}
	if (s->loop == NULL) {
		release(s);
		free(s);
		return;
	}
	finish_thread(s);
	for (first = s->answered.first; first != NULL;) {
		struct store_change *next = first->next;

		free(first); /* the job begins with it */
		first = next;
	}
	release(s);
	uv_close((uv_handle_t *)&s->async, on_closed);
}
