/* What a list of sessions calls a device: enough to know one's own again, no more. */
#include "web/web_priv.h"

typedef struct sign {
	const char *in, *name; /* found in User-Agent; what it is called */
} sign;

/* The first that is found; browsers name others beside themselves, so the order matters. */
static const char *find(str agent, const sign *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(agent, str_from(s[i].in)) >= 0)
			return s[i].name;
	return "?";
}

str req_device(const req *r)
{
	static const sign browser[] = {
		{"FBAN", "Facebook"},       {"FBAV", "Facebook"},
		{"Instagram", "Instagram"}, {"Edg", "Edge"},
		{"OPR/", "Opera"},          {"SamsungBrowser", "Samsung"},
		{"Firefox", "Firefox"},     {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},        {"Chrom", "Chrome"},
		{"Safari", "Safari"}};
	static const sign system_[] = {{"iPhone", "iPhone"},   {"iPad", "iPad"},
				       {"Android", "Android"}, {"Windows", "Windows"},
				       {"Mac OS", "Mac"},      {"Linux", "Linux"}};
	str agent = net_header(r->in, S("user-agent"));
	return str_format(r->ctx->mem, "%s, %s", find(agent, browser, ARRAY_LEN(browser)),
			  find(agent, system_, ARRAY_LEN(system_)));
}
