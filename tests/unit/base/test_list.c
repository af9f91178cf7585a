/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/list.h"

struct thing {
	int number;
	struct list link;
};

static void fill(struct list *head, struct thing *things, int n)
{
	list_init(head);
	for (int i = 0; i < n; i++) {
		things[i].number = i;
		list_init(&things[i].link);
		list_add(head, &things[i].link);
	}
}

static int sum_in_order(struct list *head)
{
	int sum = 0;

	list_each(it, head) {
		sum = sum * 10 + list_entry(it, struct thing, link)->number;
	}
	return sum;
}

static void keeps_the_order_of_adding(void **state)
{
	struct list head;
	struct thing t[5];

	(void)state;
	fill(&head, t, 5);
	assert_int_equal(sum_in_order(&head), 1234);
	assert_ptr_equal(list_entry(list_first(&head), struct thing, link),
		&t[0]);
}

static void an_empty_list_has_no_first(void **state)
{
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	assert_null(list_first(&head));
	assert_int_equal(sum_in_order(&head), 0);
}

static void removes_anywhere(void **state)
{
	struct list head;
	struct thing t[4];

	(void)state;
	fill(&head, t, 4);
	list_remove(&t[2].link);
	assert_int_equal(sum_in_order(&head), 13);
	list_remove(&t[0].link);
	list_remove(&t[3].link);
	assert_int_equal(sum_in_order(&head), 1);
	list_remove(&t[1].link);
	assert_true(list_empty(&head));
}

static void removing_twice_is_harmless(void **state)
{
	struct list head;
	struct thing t[3];

	(void)state;
	fill(&head, t, 3);
	list_remove(&t[1].link);
	list_remove(&t[1].link);
	assert_true(list_empty(&t[1].link));
	assert_int_equal(sum_in_order(&head), 2);
}

static void a_removed_link_may_go_elsewhere(void **state)
{
	struct list a;
	struct list b;
	struct thing t[2];

	(void)state;
	fill(&a, t, 2);
	list_init(&b);
	list_remove(&t[0].link);
	list_add(&b, &t[0].link);
	assert_int_equal(sum_in_order(&a), 1);
	assert_ptr_equal(list_first(&b), &t[0].link);
	assert_ptr_equal(b.next->next, &b);
}

static void the_safe_walk_survives_removing_the_current_one(void **state)
{
	struct list head;
	struct thing t[6];

	(void)state;
	fill(&head, t, 6);
	list_each_safe(it, &head) {
		if (list_entry(it, struct thing, link)->number % 2 == 0) {
			list_remove(it);
		}
	}
	assert_int_equal(sum_in_order(&head), 135);
	list_each_safe(it, &head) {
		list_remove(it);
	}
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_order_of_adding),
		cmocka_unit_test(an_empty_list_has_no_first),
		cmocka_unit_test(removes_anywhere),
		cmocka_unit_test(removing_twice_is_harmless),
		cmocka_unit_test(a_removed_link_may_go_elsewhere),
		cmocka_unit_test(the_safe_walk_survives_removing_the_current_one),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
