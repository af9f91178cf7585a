/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "gateway/text.h"
#include "tests/unit/gateway/mo.h"

static char folder[] = "/tmp/isthmus-texts-XXXXXX";
static const char *const names[] = {"de", "en_GB", "pt_BR", "sr@latin",
	"zh_CN", "broken"};

static void path_of(char *out, size_t cap, const char *name, const char *rest)
{
	snprintf(out, cap, "%s/%s%s", folder, name, rest);
}

/* Each language says its own name for "who". */
static void write_catalog(const char *name)
{
	struct mo_pair pair = {"who", name};
	char path[200];
	struct buf b;
	FILE *f;

	path_of(path, sizeof path, name, "");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(path, sizeof path, name, "/LC_MESSAGES");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(path, sizeof path, name, "/LC_MESSAGES/isthmus.mo");
	buf_init(&b, 4096);
	mo_write(&b, &pair, 1, false);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b.p, 1, b.len, f), b.len);
	assert_int_equal(fclose(f), 0);
	buf_finish(&b);
}

static int set_up(void **state)
{
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < COUNT(names); i++) {
		write_catalog(names[i]);
	}
	*state = texts_load(folder);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const parts[] = {"/LC_MESSAGES/isthmus.mo",
		"/LC_MESSAGES", ""};
	char path[200];

	texts_free(*state);
	for (size_t i = 0; i < COUNT(names); i++) {
		for (size_t j = 0; j < COUNT(parts); j++) {
			path_of(path, sizeof path, names[i], parts[j]);
			remove(path);
		}
	}
	rmdir(folder);
	return 0;
}

static void tags_lead_to_catalogs(void **state)
{
	static const struct {
		const char *tag;
		const char *name;
	} cases[] = {
		{"zh", "zh_CN"}, {"zh-CN", "zh_CN"}, {"zh-cn", "zh_CN"},
		{"ZH_CN", "zh_CN"}, {"zh-Hans", "zh_CN"},
		{"zh-Hans-CN", "zh_CN"}, {"zh-hans-SG", "zh_CN"},
		{"zh-SG", "zh_CN"}, {"zh-cmn-Hans-CN", "zh_CN"},
		{"zh-Hans-CN-x-mine", "zh_CN"},
		/* without a catalog of its own: better than English */
		{"zh-TW", "zh_CN"}, {"zh-Hant-HK", "zh_CN"},
		{"de", "de"}, {"de-AT", "de"}, {"de-1996", "de"},
		{"pt", "pt_BR"}, {"pt-PT", "pt_BR"},
		{"en-GB", "en_GB"}, {"en", NULL}, {"en-US", NULL},
		{"fr", NULL}, {"sr", NULL}, {"z", NULL}, {"zhcn", NULL},
		{"", NULL}, {"-", NULL}, {"--", NULL}, {"_", NULL},
		{"x-klingon", NULL}, {"i-default", NULL}, {"12", NULL},
		{"*", NULL}, {"../de", NULL}, {"\xe4\xb8\xad", NULL},
		{"zh-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = texts_language(*state, cases[i].tag);

		if ((name == NULL) != (cases[i].name == NULL) ||
			(name != NULL && strcmp(name, cases[i].name) != 0)) {
			fail_msg("%s -> %s", cases[i].tag,
				name ? name : "none");
		}
	}
}

static void each_is_answered_in_its_own_language(void **state)
{
	assert_string_equal(texts_find(*state, "zh-CN", "who"), "zh_CN");
	assert_string_equal(texts_find(*state, "de-DE", "who"), "de");
	assert_string_equal(texts_find(*state, "zh-CN", "who"), "zh_CN");
	assert_null(texts_find(*state, "fr", "who"));
	assert_null(texts_find(*state, "de", "what"));
}

static void only_names_of_languages_are_read(void **state)
{
	assert_int_equal(texts_count(*state), COUNT(names) - 2);
}

static void no_folder_is_no_language(void **state)
{
	struct texts *t = texts_load("/nowhere/at/all");

	(void)state;
	assert_int_equal(texts_count(t), 0);
	assert_null(texts_find(t, "zh", "who"));
	texts_free(t);
}

/* A program and its catalogs, wherever both were put (isthmus.conf.5). */
static void catalogs_are_found_from_the_program(void **state)
{
	static const struct {
		const char *catalogs; /* "" beside the program */
		const char *program;
	} cases[] = {
		{"share/locale", "sbin/isthmus"},
		{"share/locale", "lib/isthmus/isthmus"},
		{"share/locale", "sbin/isthmus (deleted)"},
		{"locale", "isthmus"},
	};
	char prefix[] = "/tmp/isthmus-prefix-XXXXXX";
	char share[100];
	char link[100];
	char program[100];
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(prefix));
	snprintf(share, sizeof share, "%s/share", prefix);
	buf_init(&b, 4096);
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(link, sizeof link, "%s/%s", prefix, cases[i].catalogs);
		snprintf(program, sizeof program, "%s/%s", prefix,
			cases[i].program);
		assert_int_equal(mkdir(share, 0700), 0);
		texts_folder(program, "/otherwise", &b);
		assert_string_equal(buf_cstr(&b), "/otherwise");
		assert_int_equal(symlink(folder, link), 0);
		texts_folder(program, "/otherwise", &b);
		assert_string_equal(buf_cstr(&b), link);
		remove(link);
		remove(share);
	}
	texts_folder("", "/otherwise", &b); /* not known */
	assert_string_equal(buf_cstr(&b), "/otherwise");
	buf_finish(&b);
	rmdir(prefix);
}

/* Others' catalogs in a folder do not make it ours. */
static void a_folder_without_a_catalog_is_not_ours(void **state)
{
	char prefix[] = "/tmp/isthmus-prefix-XXXXXX";
	char path[200];
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(prefix));
	snprintf(path, sizeof path, "%s/locale", prefix);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/locale/de", prefix);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/isthmus", prefix);
	buf_init(&b, 4096);
	texts_folder(path, "/otherwise", &b);
	assert_string_equal(buf_cstr(&b), "/otherwise");
	buf_finish(&b);
	snprintf(path, sizeof path, "%s/locale/de", prefix);
	rmdir(path);
	snprintf(path, sizeof path, "%s/locale", prefix);
	rmdir(path);
	rmdir(prefix);
}

/* What this build made of config/po, by msgfmt. */
static void the_chinese_catalog_is_there(void **state)
{
	struct texts *t = texts_load(TEST_LOCALE_DIR);

	(void)state;
	assert_string_equal(texts_find(t, "zh-Hans", "Notice"),
		"\xe9\x80\x9a\xe7\x9f\xa5");
	assert_string_equal(texts_find(t, "zh", "%s: %s"),
		"%s\xef\xbc\x9a%s");
	texts_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_lead_to_catalogs),
		cmocka_unit_test(each_is_answered_in_its_own_language),
		cmocka_unit_test(only_names_of_languages_are_read),
		cmocka_unit_test(no_folder_is_no_language),
		cmocka_unit_test(catalogs_are_found_from_the_program),
		cmocka_unit_test(a_folder_without_a_catalog_is_not_ours),
		cmocka_unit_test(the_chinese_catalog_is_there),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
