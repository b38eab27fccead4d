/*
 * asset - the files a page loads: stylesheet, icons, logo. All are inside the program
 * (tools/embed.c), so there is nothing to install and nothing to look for.
 */
#include "view/view_priv.h"

const view_asset *view_asset_find(str path)
{
	for (size_t i = 0; i < view_asset_count; i++)
		if (str_equal(view_asset_table[i].path, path))
			return &view_asset_table[i];
	return NULL;
}

const view_asset *view_asset_named(const char *name)
{
	for (size_t i = 0; i < view_asset_count; i++)
		if (str_equal(view_asset_table[i].name, str_from(name)))
			return &view_asset_table[i];
	return NULL;
}

html_link view_asset_path(const char *name)
{
	const view_asset *found = view_asset_named(name);

	assert(found && "no such file in assets/");
	return (html_link){found ? found->path : S("/static/")};
}

str view_stylesheet(void)
{
	return view_asset_named("kompis.css")->bytes;
}
