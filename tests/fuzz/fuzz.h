/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What a target defines; a broken promise aborts (must()). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
