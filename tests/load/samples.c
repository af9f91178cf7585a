/* SPDX-License-Identifier: MIT */
#include "tests/load/samples.h"

#include <stdlib.h>
#include <string.h>

#include "tests/load/mem.h"

void samples_finish(struct samples *s)
{
	free(s->ns);
	memset(s, 0, sizeof(*s));
}

void samples_clear(struct samples *s)
{
	s->count = 0;
}

void samples_add(struct samples *s, uint64_t ns)
{
	mem_room(&s->ns, &s->cap, s->count + 1, sizeof(*s->ns));
	s->ns[s->count++] = ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

double samples_ms(struct samples *s, double percent)
{
	size_t at;

	if (s->count == 0) {
		return 0;
	}
	qsort(s->ns, s->count, sizeof(*s->ns), compare);
	at = (size_t)((double)s->count * percent / 100.0);
	if (at >= s->count) {
		at = s->count - 1;
	}
	return (double)s->ns[at] / 1e6;
}
