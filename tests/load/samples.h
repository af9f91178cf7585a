/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_SAMPLES_H
#define TESTS_LOAD_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Measured times in nanoseconds and their percentiles. Every value is kept:
 * a tail is not an average.
 */
struct samples {
	uint64_t *ns;
	size_t count;
	size_t cap;
};

void samples_finish(struct samples *s);
void samples_clear(struct samples *s);
void samples_add(struct samples *s, uint64_t ns);

/* Percentile in milliseconds; sorts. 0 without samples. */
double samples_ms(struct samples *s, double percent);

#endif
