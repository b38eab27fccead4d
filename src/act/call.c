/* "Ring mig": somebody wants to talk with a human. */
#include "act/act.h"

bool act_call_me(ctx *c, task *t, str address)
{
	enum { MOST = 5, HOUR = 3600 };
	t->kind = S("call_me");
	return store_budget_take(c, S("call"), address, MOST, HOUR) &&
	       store_task_add(c, t);
}
